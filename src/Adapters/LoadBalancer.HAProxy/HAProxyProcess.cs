using System.Diagnostics;
using System.Globalization;
using System.Text;
using Havm.Runtime.Files;
using Havm.Runtime.Processes;

namespace Havm.LoadBalancer.HAProxy;

/// <summary>The process of one balancer: started, found again and ended by the files of its directory.</summary>
internal sealed class HAProxyProcess(HAProxySettings settings, string directory)
{
    private static readonly string[] Scope = Directory.Exists("/run/systemd/system")
        ? ["systemd-run", "--quiet", "--scope", "--collect", "--slice=havm-lb.slice", "--"] : [];

    public string Socket => Path.Join(directory, "socket");

    private string Config => Path.Join(directory, "haproxy.cfg");

    private string PidFile => Path.Join(directory, "pid");

    /// <summary>The configuration it was started with; empty when there is none.</summary>
    public string Written => File.Exists(Config) ? File.ReadAllText(Config) : "";

    /// <summary>
    /// Checks a configuration and starts with it; a process that runs hands its listeners over and ends what it has.
    /// </summary>
    /// <returns>What went wrong; null when nothing did.</returns>
    public async Task<string?> StartAsync(string text, CancellationToken cancel)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var draft = Config + ".new";
        await File.WriteAllTextAsync(draft, text, cancel);
        var check = await RunAsync(["-c", "-q", "-f", draft], cancel);
        if (!check.Succeeded)
        {
            return $"its configuration is refused: {LastLine(check)}";
        }

        AtomicFile.Write(Config, Encoding.UTF8.GetBytes(text));
        File.Delete(draft);
        string[] before = Pid() is { } old
            ? [.. File.Exists(Socket) ? new[] { "-x", Socket } : [], "-sf", Number(old)] : [];
        var start = await RunAsync(["-D", "-p", PidFile, "-f", Config, .. before], cancel);
        return start.Succeeded ? null : $"it does not start: {LastLine(start)}";
    }

    /// <summary>
    /// Its process, if it runs: the one that its file names and that was started with our configuration.
    /// </summary>
    public int? Pid()
    {
        try
        {
            return File.Exists(PidFile) && int.TryParse(
                    File.ReadAllText(PidFile).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && File.ReadAllText($"/proc/{Number(pid)}/cmdline").Split('\0').Contains(Config) ? pid : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Tells its lives apart: when its process started, in ticks of the kernel.</summary>
    public long Life()
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{Number(Pid() ?? 0)}/stat");
            return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>Ends it at once; nothing happens when it does not run.</summary>
    public void Kill()
    {
        try
        {
            using var process = Pid() is { } pid ? Process.GetProcessById(pid) : null;
            process?.Kill();
            process?.WaitForExit(TimeSpan.FromSeconds(2));
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException
            or System.ComponentModel.Win32Exception)
        {
            // It ended meanwhile.
        }
    }

    public void Forget()
    {
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private Task<ShortCommandResult> RunAsync(string[] arguments, CancellationToken cancel)
    {
        string[] command = [.. Scope, .. settings.Command, .. arguments];
        return ShortCommand.RunAsync(command[0], command[1..], "", settings.StartTime, cancel);
    }

    private static string LastLine(ShortCommandResult result) =>
        result.Error.Split('\n').LastOrDefault(line => line.Trim().Length > 0)?.Trim()
            ?? $"it ended with code {result.ExitCode}";

    private static string Number(int pid) => pid.ToString(CultureInfo.InvariantCulture);
}
