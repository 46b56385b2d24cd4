using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Guards;

/// <summary>
/// Lets fences grow old. What an earlier leader wrote down is where this one goes on counting: it may think a fence
/// younger than it is, by one step at most for each change of leaders, and never older.
/// </summary>
public static class FenceAgeDecider
{
    /// <summary>Older ones count no more.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    /// <summary>Ages are written down when they have grown by so much: a fence costs five commits.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(2);

    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        foreach (var fence in cluster.Ledger.Counters.Fences)
        {
            if (cluster.FencesBegan.TryGetValue(fence.Order, out var began) && now - began >= fence.Age + Step)
            {
                var aged = new Reason("guards", "fenceAged",
                    $"{fence.Node} was ordered off {(now - began).TotalMinutes:0} min ago");
                yield return new Proposal(new FenceAged(fence with { Age = now - began }), aged) { Told = false };
            }
        }
    }

    /// <summary>Notes when each that is counted began on this leader's clock; at the begin of a round.</summary>
    public static Cluster Note(Cluster cluster, Instant now)
    {
        var fences = cluster.Ledger.Counters.Fences;
        var known = cluster.FencesBegan;
        return fences.Length == known.Count && fences.All(f => known.ContainsKey(f.Order))
            ? cluster
            : cluster with
            {
                FencesBegan = fences.ToImmutableSortedDictionary(
                    f => f.Order, f => known.GetValueOrDefault(f.Order, now - f.Age)),
            };
    }
}
