using Havm.Model;

namespace Havm.Core.Host.Watch;

/// <summary>
/// How much a guest may have to say. Each word that is another one costs the controller a commit, and a guest is not
/// ours to trust: a few in a row count at once, as when its program ends and starts again, and after that one in a
/// while.
/// </summary>
/// <param name="SpentUntil">When all that was spent has come back.</param>
public readonly record struct GuestWordBudget(Instant SpentUntil)
{
    /// <summary>So many words in a row count at once.</summary>
    public const int AtOnce = 6;

    /// <summary>One word comes back in this time.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    /// <summary>Whether a word counts now; else the last one that waits counts as soon as it may.</summary>
    public bool Allows(Instant now) => SpentUntil - now <= Period * (AtOnce - 1);

    public GuestWordBudget Spend(Instant now) => new(Instant.Max(SpentUntil, now) + Period);
}
