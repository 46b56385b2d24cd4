using System.Text.RegularExpressions;
using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Observing;

/// <summary>One QEMU of a lab as the kernel's process table shows it.</summary>
/// <param name="Started">Start time in clock ticks since boot: with the pid it names a process for good.</param>
/// <param name="Generation">From the guest's kernel command line; null where it names none.</param>
/// <param name="GuestTicks">Processor time its vCPU threads have used, in clock ticks (10 ms).</param>
public sealed partial record QemuProcess(
    int Pid, long Started, string Node, string Instance, long? Generation, long GuestTicks)
{
    private const int UserTimeField = 11;
    private const int SystemTimeField = 12;

    public static bool IsQemu(int pid) =>
        Read($"/proc/{pid}/comm").StartsWith("qemu-system", StringComparison.Ordinal);

    /// <summary>The process, or null if it is no living QEMU of this lab.</summary>
    public static QemuProcess? TryRead(int pid, LabPlan plan)
    {
        if (!IsQemu(pid))
        {
            return null;
        }

        var started = ProcStat.Started(pid);
        var words = Read($"/proc/{pid}/cmdline").Split('\0');

        // A dead one that nobody has reaped yet has no words left and runs nothing.
        if (started is null
            || NodeOf(words, plan) is not { } node || After(words, "-name") is not { } name)
        {
            return null;
        }

        var instance = name.Split(',')[0];
        return new QemuProcess(
            pid, started.Value, node,
            instance.StartsWith("guest=", StringComparison.Ordinal) ? instance["guest=".Length..] : instance,
            GenerationShape().Match(After(words, "-append") ?? "") is { Success: true } match
                ? long.Parse(match.Groups[1].Value) : null,
            GuestTicksOf(pid));
    }

    /// <summary>Whether this very process still lives.</summary>
    public bool IsAlive() => ProcStat.Started(Pid) == Started;

    /// <summary>The node is told by the sockets on its command line: they lie in the node's run directory.</summary>
    private static string? NodeOf(string[] words, LabPlan plan)
    {
        var nodes = $"{plan.Directory}/nodes/";
        var word = words.FirstOrDefault(word => word.Contains(nodes, StringComparison.Ordinal));
        if (word is null)
        {
            return null;
        }

        var rest = word[(word.IndexOf(nodes, StringComparison.Ordinal) + nodes.Length)..];
        return rest.Split('/')[0];
    }

    private static string? After(string[] words, string option)
    {
        var index = Array.IndexOf(words, option);
        return index >= 0 && index + 1 < words.Length ? words[index + 1] : null;
    }

    /// <summary>QEMU names its vCPU threads `CPU 0/TCG` or `CPU 0/KVM` (with debug-threads=on).</summary>
    private static long GuestTicksOf(int pid)
    {
        try
        {
            return Directory.EnumerateDirectories($"/proc/{pid}/task")
                .Where(task => Read($"{task}/comm").StartsWith("CPU ", StringComparison.Ordinal))
                .Sum(task => ProcStat.Fields(task) is { } stat
                    ? long.Parse(stat[UserTimeField]) + long.Parse(stat[SystemTimeField]) : 0);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [GeneratedRegex(@"(?:^|\s)havm\.generation=(\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex GenerationShape();
}

/// <summary>All QEMU processes of a lab, found in /proc and nowhere else.</summary>
public static class QemuProcessTable
{
    public static IEnumerable<QemuProcess> Read(LabPlan plan) =>
        Directory.EnumerateDirectories("/proc")
            .Select(entry => int.TryParse(Path.GetFileName(entry), out var pid) ? pid : 0)
            .Where(pid => pid > 0)
            .Select(pid => QemuProcess.TryRead(pid, plan))
            .OfType<QemuProcess>();
}
