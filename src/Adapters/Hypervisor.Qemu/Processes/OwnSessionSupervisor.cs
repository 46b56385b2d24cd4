using System.ComponentModel;
using System.Diagnostics;
using Havm.Hypervisor.Qemu.Evidence;
using Havm.Runtime.Ports;

namespace Havm.Hypervisor.Qemu.Processes;

/// <summary>
/// Starts machine processes where no systemd runs. A shell moves itself into the cgroup and a session of its own
/// and then becomes the program, all under one pid: no instruction of the program runs outside the cgroup, and no
/// signal to the agent's session or group reaches it. No parent-death signal is set, on purpose: it follows the
/// thread that forked and would kill machines at the agent's next upgrade.
/// </summary>
public sealed class OwnSessionSupervisor : IProcessSupervisor
{
    private const string Enter =
        """
        cgroup=$1 log=$2; shift 2
        exec </dev/null >>"$log" 2>&1
        echo $$ >"$cgroup/cgroup.procs" && exec setsid "$@"
        """;

    /// <summary>The shell's own name while it is not yet the program.</summary>
    private const string Marker = "havm-enter";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    public async Task<int> StartAsync(
        string cgroup, IReadOnlyList<string> command, string log, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        string program = FindProgram(command[0]);
        using var process = Start(cgroup, program, command, log);

        // A started process must not be lost, so that this short wait is not cancelled.
        while (!process.HasExited)
        {
            if (ProcessTable.CommandOf(process.Id) is { Length: > 0 } now && !IsStillEntering(now))
            {
                return process.Id;
            }

            await Task.Delay(Pause, CancellationToken.None);
        }

        throw Failed($"{program} ended at once with code {process.ExitCode}: {LogTail.LastLine(log)}");
    }

    private static Process Start(string cgroup, string program, IReadOnlyList<string> command, string log)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Enter, Marker, cgroup, log, program, .. command.Skip(1)])
        {
            UseShellExecute = false,
        };
        try
        {
            return Process.Start(start) ?? throw Failed("/bin/sh was started as another process");
        }
        catch (Win32Exception e)
        {
            throw Failed($"/bin/sh cannot be executed: {e.Message}", e);
        }
    }

    private static bool IsStillEntering(string[] command) => command[0] == "setsid" || command.Contains(Marker);

    private static string FindProgram(string program)
    {
        IEnumerable<string> places = program.Contains('/')
            ? [program]
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(place => Path.Join(place, program));
        return places.FirstOrDefault(IsExecutable)
            ?? throw Failed($"{program} is not an executable file; install it or correct its setting");
    }

    private static bool IsExecutable(string path)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (File.GetUnixFileMode(path) & Execute) != 0;
    }

    private static MachineException Failed(string message, Exception? inner = null) =>
        new(MachineTrouble.ProcessFailed, message, inner);
}
