using Havm.Runtime.Ports;

namespace Havm.Hypervisor.Qemu.Disks;

/// <summary>What QEMU and its tools write when a start fails, in the port's words.</summary>
internal static class QemuWords
{
    /// <summary>The trouble that a message tells of; ProcessFailed where it is none of the known ones.</summary>
    public static MachineTrouble TroubleOf(string message) => message switch
    {
        _ when Says(message, "Failed to get \"") || Says(message, "Failed to lock") => MachineTrouble.DiskLocked,
        _ when Says(message, "No space left on device") || Says(message, "quota exceeded") => MachineTrouble.NoSpace,
        _ when Says(message, "No such file or directory") => MachineTrouble.MissingFile,
        _ when Says(message, "could not configure /dev/net/tun") => MachineTrouble.NetworkFailed,
        _ => MachineTrouble.ProcessFailed,
    };

    private static bool Says(string message, string words) => message.Contains(words, StringComparison.Ordinal);
}
