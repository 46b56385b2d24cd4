using System.Text;
using System.Text.Json;
using Havm.Model;
using Havm.Runtime.Ports;
using Havm.Wire.Node;

namespace Havm.Hypervisor.Qemu;

/// <summary>The files of one machine in the run directory. They are the node's own: nothing here is shared.</summary>
public sealed class MachineFiles
{
    private const int LongestSocketPath = 107;

    private MachineFiles(InstanceName instance, string directory)
    {
        Instance = instance;
        Directory = directory;
    }

    public InstanceName Instance { get; }

    public string Directory { get; }

    /// <summary>The agent's monitor; one client at a time.</summary>
    public string AgentSocket => Path.Join(Directory, "qmp.sock");

    /// <summary>The warden's monitor; one client at a time.</summary>
    public string WardenSocket => Path.Join(Directory, "qmp2.sock");

    /// <summary>
    /// The host's end of the virtio-serial port <c>havm.guest.0</c>; only where Havm's guest agent may be.
    /// </summary>
    public string GuestSocket => Path.Join(Directory, "guest.sock");

    /// <summary>
    /// The host's end of the virtio-serial port <c>org.qemu.guest_agent.0</c>; only where the QEMU guest agent is.
    /// </summary>
    public string QemuAgentSocket => Path.Join(Directory, "qga.sock");

    /// <summary>The host's end of the virtio-serial port <c>havm.lab.0</c>; only where the image asks for it.</summary>
    public string LabSocket => Path.Join(Directory, "lab.sock");

    public string ConsoleLog => Path.Join(Directory, "console.log");

    public string QemuLog => Path.Join(Directory, "qemu.log");

    public string SeatFile => Path.Join(Directory, "seat.json");

    /// <summary>Throws <see cref="MachineException"/> when a socket of it could not be opened by its path.</summary>
    public static MachineFiles Of(string runDirectory, InstanceName instance)
    {
        if (!NameRules.IsLegal(instance.Value))
        {
            throw new MachineException(MachineTrouble.ProcessFailed, $"'{instance}' is no legal instance name");
        }

        var files = new MachineFiles(instance, Path.Join(Path.GetFullPath(runDirectory), instance.Value));
        int length = Encoding.UTF8.GetByteCount(files.GuestSocket);
        return length <= LongestSocketPath
            ? files
            : throw new MachineException(
                MachineTrouble.ProcessFailed,
                $"instance {instance}: socket path {files.GuestSocket} has {length} bytes, {LongestSocketPath} are"
                + " possible; choose a shorter run directory");
    }

    /// <summary>Makes the directory, readable by the owner alone, without anything an earlier process left.</summary>
    public void Prepare()
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        System.IO.Directory.CreateDirectory(Directory, OwnerOnly);
        string[] left = [AgentSocket, WardenSocket, GuestSocket, QemuAgentSocket, LabSocket, ConsoleLog, QemuLog];
        foreach (string file in left)
        {
            File.Delete(file);
        }
    }

    /// <summary>Writes the seat whole or not at all, as seen by any reader.</summary>
    public void WriteSeat(SeatGoal seat)
    {
        string written = SeatFile + ".new";
        File.WriteAllBytes(written, JsonSerializer.SerializeToUtf8Bytes(seat, NodeJson.Default.SeatGoal));
        File.Move(written, SeatFile, overwrite: true);
    }

    /// <summary>The seat that was written last; null when it is missing or cannot be read as one.</summary>
    public SeatGoal? ReadSeat()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(SeatFile), NodeJson.Default.SeatGoal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Removes the directory with all it holds.</summary>
    public void Remove()
    {
        if (System.IO.Directory.Exists(Directory))
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
    }
}
