using Havm.Hypervisor.Qemu.Command;
using Havm.Model;

namespace Havm.Hypervisor.Qemu.Processes;

/// <summary>A QEMU process of this node, as its own command line says.</summary>
internal sealed record FoundProcess(int Pid, InstanceName Instance, Generation Generation)
{
    /// <summary>
    /// Reads a process; null when it is none of ours (its sockets are not in our run directory, as those of another
    /// node on the same machine are). Throws IOException when it lives and cannot be read.
    /// </summary>
    public static FoundProcess? Read(int pid, string runDirectory)
    {
        string[] command = ProcessTable.CommandOf(pid);
        if (SeatMark.Find(command) is not { } seat)
        {
            return null;
        }

        string socket = QemuCommand.Escaped(MachineFiles.Of(runDirectory, seat.Instance).AgentSocket);
        return command.Any(argument => argument.EndsWith($"path={socket}", StringComparison.Ordinal))
            ? new FoundProcess(pid, seat.Instance, seat.Generation)
            : null;
    }
}
