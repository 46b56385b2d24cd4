using Havm.Wire.Guest;

namespace Havm.Guest.Supervision;

/// <summary>When a role that ended starts again.</summary>
public static class RestartRule
{
    /// <summary>A second restart in a row never comes sooner: a crash loop must not eat the guest's only CPU.</summary>
    internal static readonly TimeSpan ShortestRepeat = TimeSpan.FromSeconds(0.1);

    private static readonly TimeSpan DefaultStable = TimeSpan.FromSeconds(60);

    /// <summary>The wait before the next restart, or null when the limit is used up.</summary>
    /// <param name="inRow">Restarts in a row so far.</param>
    public static TimeSpan? Wait(RestartSpec rule, int inRow)
    {
        if (rule.Limit > 0 && inRow >= rule.Limit)
        {
            return null;
        }

        TimeSpan wait = rule.Backoff.Count == 0
            ? TimeSpan.Zero
            : rule.Backoff[Math.Min(inRow, rule.Backoff.Count - 1)];
        return inRow == 0 || wait > ShortestRepeat ? wait : ShortestRepeat;
    }

    /// <summary>How long a role must stay ready for the count to start over.</summary>
    public static TimeSpan StableAfter(RestartSpec rule) => rule.StableAfter ?? DefaultStable;
}
