using System.Diagnostics;

namespace Havm.Lab.Tools;

/// <summary>Waits for a condition, never for time: short polls with an upper bound.</summary>
public static class Until
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>True as soon as the condition holds; false if it did not within <paramref name="limit"/>.</summary>
    public static async Task<bool> TrueAsync(Func<bool> condition, TimeSpan limit, CancellationToken cancel = default)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > limit)
            {
                return false;
            }

            await Task.Delay(Pause, cancel);
        }

        return true;
    }
}
