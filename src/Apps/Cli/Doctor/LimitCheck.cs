using System.Globalization;

namespace Havm.Cli.Doctor;

/// <summary>
/// The limits that the kernel set for Havm's processes that run; before any does, those of this shell, which a unit may
/// set otherwise.
/// </summary>
internal sealed class LimitCheck : ICheck
{
    /// <summary>Sockets of a node with hundreds of machines, several each, with room to spare.</summary>
    private const long FewestFiles = 4096;

    /// <summary>What QEMU locks for asynchronous I/O of one machine.</summary>
    private const long LeastLockedBytes = 8 << 20;

    public string Name => "limit";

    public Task<IReadOnlyList<Finding>> LookAsync(Site site, CancellationToken cancel)
    {
        List<Finding> all = [];
        foreach ((int pid, string name) in site.Processes("havm-agent", "havm-warden", "havm-controller"))
        {
            all.AddRange(Judge($"{name} {pid}", site.Read($"/proc/{pid}/limits") ?? ""));
        }

        if (all.Count == 0)
        {
            all.AddRange(Judge("this shell", site.Read("/proc/self/limits") ?? ""));
        }

        return Task.FromResult<IReadOnlyList<Finding>>(all);
    }

    /// <param name="limits">The content of /proc/PID/limits.</param>
    public static IEnumerable<Finding> Judge(string about, string limits)
    {
        yield return One(about, "files", Hard(limits, "Max open files"), FewestFiles, "LimitNOFILE=65536");
        yield return One(
            about, "memlock", Hard(limits, "Max locked memory"), LeastLockedBytes, "LimitMEMLOCK=infinity");
    }

    private static Finding One(string about, string what, long? hard, long least, string property)
    {
        string evidence = hard switch { null => "", long.MaxValue => "unlimited", _ => $"{hard}" };
        return hard is null
            ? Finding.Skip($"{about} {what}", "the kernel does not tell it")
            : hard < least
                ? Finding.Warn($"{about} {what}", $"the limit is below {least}", evidence,
                    $"set {property} in the unit (or ulimit in the shell that starts it)")
                : Finding.Ok($"{about} {what}", "the limit is high enough", evidence);
    }

    /// <summary>The hard limit: soft ones are raised to it by who needs it. Null: the line is not there.</summary>
    private static long? Hard(string limits, string name)
    {
        string? line = limits.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line?[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
        {
            [_, "unlimited", ..] => long.MaxValue,
            [_, var hard, ..] when long.TryParse(hard, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
                => value,
            _ => null,
        };
    }
}
