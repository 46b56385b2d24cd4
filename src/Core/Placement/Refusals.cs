using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Placement;

/// <summary>What all nodes together say to one instance, in a sentence.</summary>
public static class Refusals
{
    /// <summary>What they say to one that has no seat.</summary>
    public static string Of(Cluster cluster, Instance instance) =>
        Of(PlacementDecider.Rank(new PlacementView(cluster), instance));

    /// <summary>"no node can take it: capacity refuses 4 nodes, up refuses 2 nodes".</summary>
    public static string Of(IReadOnlyCollection<PlacementDecider.Verdict> ranked)
    {
        var refused = ranked.Where(v => v.Filter is not null).GroupBy(v => v.Filter!).ToList();
        return ranked.Count == 0 ? "there is no node"
            : refused.Sum(r => r.Count()) < ranked.Count ? "a node can take it: it is given a seat at once"
            : "no node can take it: "
                + string.Join(", ", refused.Select(r => $"{r.Key} refuses {Count.Of(r.Count(), "node")}"));
    }
}
