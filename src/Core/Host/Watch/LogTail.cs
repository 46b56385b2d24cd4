namespace Havm.Core.Host.Watch;

/// <summary>
/// How much of what a guest's program wrote goes to the controller, and how often by itself: a report with news costs a
/// round, and every report carries it. Where something happens to the guest it goes along at once.
/// </summary>
public static class LogTail
{
    /// <summary>Between two reports of a node that nothing but such lines is the cause of.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(60);

    /// <summary>Lines that are told, the newest.</summary>
    public const int Lines = 16;

    /// <summary>Characters that they have together, line ends counted.</summary>
    public const int Length = 2048;

    /// <summary>
    /// Characters of all instances of a node together: a report may be 1 MiB long, and a character may take six bytes
    /// there.
    /// </summary>
    private const int LengthOfAll = 64 * 1024;

    /// <summary>What is told of one instance where a node has so many.</summary>
    public static string? Share(string? log, int instances) =>
        log is null ? null : Of(log, Math.Min(Length, LengthOfAll / Math.Max(1, instances)));

    /// <summary>The end of the lines that are kept, in whole lines; null: nothing was written.</summary>
    public static string? Of(string lines, int length = Length)
    {
        var (from, count) = (lines.Length, 0);
        while (from > 0 && count < Lines)
        {
            var before = lines.LastIndexOf('\n', Math.Max(0, from - 2)) + 1;
            if (lines.Length - before > length)
            {
                break;
            }

            (from, count) = (before, count + 1);
        }

        return from < lines.Length ? lines[from..] : null;
    }
}
