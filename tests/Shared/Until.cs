using System.Diagnostics;

namespace Havm.Tests;

/// <summary>Waits for a condition, never for a time; says what did not come true.</summary>
internal static class Until
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    public static async Task TrueAsync(string what, Func<bool> condition)
    {
        long began = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Deadline,
                $"within {Deadline.TotalSeconds} s it did not come true that {what}");
            await Task.Delay(20);
        }
    }
}
