using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Healing;

/// <summary>How long to wait before the next try elsewhere: 0, 10 s, 30 s, 60 s, then 5 min.</summary>
public static class BackOff
{
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.Zero, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60),
        TimeSpan.FromMinutes(5),
    ];

    public static FailedTries After(FailedTries before, NodeName node, Reason why, DateTimeOffset wall) => new()
    {
        Count = before.Count + 1,
        LastNode = node,
        NextTryAt = wall + Waits[Math.Min(before.Count, Waits.Length - 1)],
        Why = why,
    };
}
