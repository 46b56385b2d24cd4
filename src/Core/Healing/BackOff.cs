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

    /// <summary>No wait of its own is longer.</summary>
    public static readonly TimeSpan Longest = Waits[^1];

    /// <summary>
    /// What ran and was given up has to be well for so long before its next try elsewhere is the first again: twice the
    /// longest wait. Else it would go from node to node for ever, each time at once.
    /// </summary>
    private static readonly TimeSpan Forgiven = TimeSpan.FromMinutes(10);

    /// <summary>Of something that is well now: whether its failures count no more.</summary>
    /// <param name="failures">They.</param>
    /// <param name="readySince">
    /// Since when its node says that it is ready or runs; null, or later than now by a clock that is wrong: it is
    /// counted from when the try was due.
    /// </param>
    /// <param name="wall">Now.</param>
    public static bool IsForgiven(FailedTries failures, DateTimeOffset? readySince, DateTimeOffset wall) =>
        !failures.HadStarted || failures.NextTryAt is not { } due
            || wall - (readySince > due && readySince <= wall ? readySince.Value : due) >= Forgiven;

    /// <summary>
    /// Whether the next try may be made. One that is further away than any wait was written by a clock that was ahead:
    /// nothing waits for that.
    /// </summary>
    public static bool IsOver(FailedTries failures, DateTimeOffset wall) =>
        failures.NextTryAt is not { } at || wall >= at || at - wall > Waits[^1];

    /// <summary>As above, of the next round of tries; false where there is none.</summary>
    public static bool IsOver(GivenUp givenUp, TimeSpan? longest, DateTimeOffset wall) =>
        givenUp.AgainAt is { } at && (wall >= at || at - wall > longest);

    /// <summary>It ran and ended too often: the node is only the last to be chosen again.</summary>
    public static FailedTries AfterRun(FailedTries before, NodeName node, Reason why, DateTimeOffset wall) =>
        before with
        {
            Count = before.Count + 1,
            LastNode = node,
            NextTryAt = wall + After(before.Count),
            Why = why,
            HadStarted = true,
            Refusal = null,
        };

    /// <summary>It could not be started: the node is not tried again in this round of tries.</summary>
    public static FailedTries AfterStart(FailedTries before, NodeName node, Reason why, DateTimeOffset wall) =>
        before with
        {
            Count = before.Count + 1,
            LastNode = node,
            NextTryAt = before.GivenUp is null ? wall + After(before.Tried.Length) : null,
            Why = why,
            Tried = before.Tried.Contains(node) ? before.Tried : before.Tried.Add(node),
            Refusal = null,
        };

    /// <summary>Until the next round of tries: 10 s after the first, growing to the policy's longest.</summary>
    public static TimeSpan BetweenRounds(int rounds, TimeSpan longest) =>
        After(rounds) is var wait && wait < longest && rounds < Waits.Length ? wait : longest;

    private static TimeSpan After(int tries) => Waits[Math.Min(tries, Waits.Length - 1)];
}
