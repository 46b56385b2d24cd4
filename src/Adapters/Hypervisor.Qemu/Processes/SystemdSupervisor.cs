using System.Globalization;
using Havm.Hypervisor.Qemu.Evidence;
using Havm.Runtime.Ports;
using Havm.Runtime.Processes;

namespace Havm.Hypervisor.Qemu.Processes;

/// <summary>
/// Starts machine processes as transient systemd services. The cgroup's own path names unit and slice
/// (<c>.../havm-vms.slice/havm-web-0.service</c>), so that systemd and <see cref="IMachineCgroups"/> mean the same
/// directory: give <see cref="Cgroups.MachineCgroups"/> a parent that is a slice, and a prefix and suffix that make
/// unit names.
/// </summary>
public sealed class SystemdSupervisor(TimeSpan timeout) : IProcessSupervisor
{
    /// <summary>True where systemd is the init of this machine.</summary>
    public static bool IsAvailable => Directory.Exists("/run/systemd/system");

    public async Task<int> StartAsync(
        string cgroup, IReadOnlyList<string> command, string log, CancellationToken cancel)
    {
        string unit = Path.GetFileName(cgroup);
        string slice = Path.GetFileName(Path.GetDirectoryName(cgroup)!);
        if (!unit.EndsWith(".service", StringComparison.Ordinal) || !slice.EndsWith(".slice", StringComparison.Ordinal))
        {
            throw Failed($"cgroup {cgroup} is no .service below a .slice, as systemd wants; see the node's cgroup");
        }

        // Type=exec: systemd-run returns once the program was executed, or says why not. Before=: when the node shuts
        // down, its departure is announced before machines are stopped.
        string[] arguments =
        [
            "--quiet", "--collect", $"--unit={unit}", $"--slice={slice}", "--service-type=exec",
            $"--property=StandardOutput=append:{log}", $"--property=StandardError=append:{log}",
            "--property=KillMode=control-group", "--property=Before=havm-depart.service", "--", .. command,
        ];
        await RunAsync("systemd-run", arguments, cancel);
        string shown = await RunAsync("systemctl", ["show", "--property=MainPID", "--value", unit], cancel);
        return int.TryParse(shown.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pid > 0
            ? pid
            : throw Failed($"{unit} ended at once: {LogTail.LastLine(log)}");
    }

    private async Task<string> RunAsync(string program, string[] arguments, CancellationToken cancel)
    {
        var result = await ShortCommand.RunAsync(program, arguments, "", timeout, cancel);
        return result.Succeeded ? result.Output : throw Failed($"{program}: {result.Error}");
    }

    private static MachineException Failed(string message) => new(MachineTrouble.ProcessFailed, message);
}
