namespace Havm.Lab.Tools;

/// <summary>What the kernel tells of a process or thread in its stat file.</summary>
public static class ProcStat
{
    private const int StartTimeField = 19;

    /// <summary>
    /// The fields after the command's name, state first; null if the process is gone.
    /// </summary>
    /// <param name="entry">`/proc/PID` or `/proc/PID/task/TID`.</param>
    public static string[]? Fields(string entry)
    {
        try
        {
            var text = File.ReadAllText($"{entry}/stat");
            return text.Length == 0 ? null : text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Start time of a living process in clock ticks since boot, which with its pid names it for good; null if it is
    /// gone or only waits to be reaped.
    /// </summary>
    public static long? Started(int pid) =>
        Fields($"/proc/{pid}") is { } fields && fields[0] is not ("Z" or "X")
            ? long.Parse(fields[StartTimeField]) : null;
}
