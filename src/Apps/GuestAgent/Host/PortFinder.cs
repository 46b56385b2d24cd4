namespace Havm.GuestAgent.Host;

/// <summary>Finds the device of a virtio-serial port by the name the hypervisor gave it.</summary>
internal static class PortFinder
{
    /// <summary>The port between guest agent and host agent.</summary>
    public const string GuestPort = "havm.guest.0";

    private const string Ports = "/sys/class/virtio-ports";

    /// <summary>The device's path; null while the kernel shows no such port.</summary>
    public static string? Find(string name)
    {
        if (!Directory.Exists(Ports))
        {
            return null;
        }

        foreach (string port in Directory.EnumerateFileSystemEntries(Ports))
        {
            string label = Path.Combine(port, "name");
            if (File.Exists(label) && File.ReadAllText(label).Trim() == name)
            {
                return "/dev/" + Path.GetFileName(port);
            }
        }

        return null;
    }
}
