namespace Havm.Wire.Guest;

/// <summary>
/// What is wrong with a configure message, all of it at once. The host asks before it sends, the guest before it
/// obeys: a fault leaves everything as it was.
/// </summary>
public static class ConfigureCheck
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>One sentence a fault, naming the field; empty when all is well.</summary>
    public static IReadOnlyList<string> Faults(ConfigureMessage message)
    {
        var faults = new List<string>();
        Require(faults, message.Instance.Length > 0, "instance is empty");
        Require(faults, message.Generation >= 1, $"generation is {message.Generation}, it starts at 1");
        RequireTime(faults, "beatPeriod", message.BeatPeriod);
        if (message.Role is { } role)
        {
            Require(faults, IsCommand(role.Command), "role.command names no program");
            Require(faults, role.Environment?.Keys.All(IsVariable) ?? true, "role.environment has an unusable name");
            CheckRestart(faults, role.Restart);
            CheckProbe(faults, role.Probe);
        }

        return faults;
    }

    private static void CheckRestart(List<string> faults, RestartSpec? restart)
    {
        Require(faults, restart is null or { Limit: >= 0 }, "role.restart.limit is below 0");
        Require(faults, restart is null || restart.Backoff.All(wait => wait <= Longest),
            $"role.restart.backoff holds a wait above {Longest.TotalSeconds} s");
    }

    private static void CheckProbe(List<string> faults, ProbeSpec? probe)
    {
        if (probe is null)
        {
            return;
        }

        bool needsPort = probe.Kind is ProbeKind.Http or ProbeKind.Tcp;
        Require(faults, !needsPort || probe.Port is >= 1 and <= 65535, "role.probe.port is not from 1 to 65535");
        Require(faults, probe.Path is null || IsPath(probe.Path),
            "role.probe.path does not start with / or has blanks");
        Require(faults, probe.Kind != ProbeKind.Command || (probe.Command is { } command && IsCommand(command)),
            "role.probe.command names no program");
        Require(faults, probe.Misses is null or >= 1, "role.probe.misses is below 1");
        RequireTime(faults, "role.probe.period", probe.Period);
        RequireTime(faults, "role.probe.timeout", probe.Timeout);
        RequireTime(faults, "role.probe.startTimeout", probe.StartTimeout);
    }

    private static bool IsCommand(IReadOnlyList<string> command) =>
        command is [{ Length: > 0 }, ..] && !command.Any(part => part is null || part.Contains('\0'));

    private static bool IsVariable(string name) => name.Length > 0 && name.AsSpan().IndexOfAny('=', '\0') < 0;

    private static bool IsPath(string path) => path.StartsWith('/') && path.All(c => c is > ' ' and <= '~');

    private static void RequireTime(List<string> faults, string field, TimeSpan? value) =>
        Require(faults, value is null || (value >= Shortest && value <= Longest),
            $"{field} is not from {Shortest.TotalSeconds} to {Longest.TotalSeconds} s");

    private static void Require(List<string> faults, bool holds, string fault)
    {
        if (!holds)
        {
            faults.Add(fault);
        }
    }
}
