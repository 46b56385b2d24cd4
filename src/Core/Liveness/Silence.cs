using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Liveness;

/// <summary>
/// How long a node has said nothing that we could have heard. Time in which we did not listen (before taking office, or
/// while this process itself stood still) is ours and never counts.
/// </summary>
public static class Silence
{
    public static TimeSpan Of(NodeHeard heard, Office office, Instant now)
    {
        var from = heard.Last is { } last ? Instant.Max(last, office.ListeningSince) : office.ListeningSince;
        return now - from;
    }

    /// <summary>
    /// The latest moment since when a node can have been silent. One that an earlier leader found lost, and this one
    /// never heard, had been silent for lostAfter before this one took office.
    /// </summary>
    public static Instant Began(Cluster cluster, NodeRecord node, NodeHeard heard) =>
        heard.Last is { } last ? Instant.Max(last, cluster.Office.ListeningSince)
        : node.Phase == NodePhase.Lost ? cluster.Office.Since - cluster.Policy.Liveness.LostAfter
        : cluster.Office.ListeningSince;

    /// <summary>A node that could speak and has been silent for long enough to be judged.</summary>
    public static bool IsLost(NodeRecord node, Cluster cluster, Instant now) =>
        node.Phase == NodePhase.Lost
        || (node.Phase == NodePhase.Up
            && Of(cluster.HeardOf(node.Name), cluster.Office, now) >= cluster.Policy.Liveness.LostAfter);
}
