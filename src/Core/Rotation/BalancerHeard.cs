using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Rotation;

/// <summary>
/// What a leader has heard of one load balancer since it took office, on its own clock. Never stored. A word that is
/// not renewed is frozen: nothing is concluded from it any more.
/// </summary>
public sealed record BalancerHeard
{
    /// <summary>
    /// A balancer that was not heard for this long is lost: its verdicts freeze. It is asked each second.
    /// </summary>
    public static readonly TimeSpan FrozenAfter = TimeSpan.FromSeconds(5);

    public static readonly BalancerHeard Nothing = new();

    /// <summary>Its last word; null: none yet.</summary>
    public BalancerWord? Word { get; init; }

    /// <summary>When that was asked for.</summary>
    public Instant At { get; init; }

    /// <summary>Why it cannot be heard, as it was last told; empty while it can.</summary>
    public string Trouble { get; init; } = "";

    /// <summary>
    /// Since when each member is down without a break: of one life of the balancer, in which it was heard all the time.
    /// </summary>
    public ImmutableSortedDictionary<InstanceName, Instant> DownSince { get; init; } =
        ImmutableSortedDictionary<InstanceName, Instant>.Empty;

    /// <summary>Its word stands: it was asked for not long ago, and not before this controller stood still.</summary>
    public bool IsFresh(Instant now, Instant listeningSince) =>
        Word is not null && At >= listeningSince && now - At < FrozenAfter;

    public MemberWord? Of(InstanceName member)
    {
        foreach (var word in Word?.Members ?? [])
        {
            if (word.Instance == member)
            {
                return word;
            }
        }

        return null;
    }

    internal BalancerHeard Spoke(BalancerWord word, Instant at)
    {
        var goesOn = Word?.Life == word.Life && at - At < FrozenAfter;
        var down = word.Members.Where(m => m.Health == MemberHealth.Down).ToImmutableSortedDictionary(
            m => m.Instance, m => goesOn && DownSince.TryGetValue(m.Instance, out var since) ? since : at);
        return new BalancerHeard { Word = word, At = at, DownSince = down };
    }

    /// <summary>Whether a word says what this one says, as far as anything is concluded from it.</summary>
    internal bool SaysTheSame(BalancerWord word)
    {
        if (Word is not { } before || before.Life != word.Life || before.Members.Length != word.Members.Length)
        {
            return false;
        }

        for (var i = 0; i < word.Members.Length; i++)
        {
            var (one, other) = (before.Members[i], word.Members[i]);
            if (one with { Sessions = 0, Requests = 0, Errors = 0 }
                != other with { Sessions = 0, Requests = 0, Errors = 0 })
            {
                return false;
            }
        }

        return true;
    }
}
