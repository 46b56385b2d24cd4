using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Guards;

/// <summary>
/// How many nodes are silent at the beginning of a round, and in how many racks. Counted once for all proposals.
/// </summary>
/// <param name="Nodes">All that were ever heard.</param>
/// <param name="Silent">Those that could speak and are lost; proven off or down by order they do not count.</param>
/// <param name="Racks">Racks with a silent node.</param>
public sealed record Census(int Nodes, int Silent, int Racks)
{
    public static Census Of(Cluster cluster, Instant now)
    {
        var nodes = 0;
        var silent = 0;
        var racks = new HashSet<RackName>();
        var lostAfter = cluster.Policy.Liveness.LostAfter;
        foreach (var node in cluster.Ledger.Nodes.Values.Where(n => n.Phase != NodePhase.Unseen))
        {
            nodes++;
            if (IsSilent(cluster, node, lostAfter, now))
            {
                silent++;
                racks.Add(cluster.Ledger.NodeSpecOf(node.Name)?.Rack ?? new RackName(""));
            }
        }

        return new Census(nodes, silent, racks.Count);
    }

    private static bool IsSilent(Cluster cluster, NodeRecord node, TimeSpan lostAfter, Instant now)
    {
        var heard = cluster.HeardOf(node.Name);
        return node.Phase switch
        {
            NodePhase.Up => Silence.Of(heard, cluster.Office, now) >= lostAfter,
            NodePhase.Lost => !heard.SpokeWithin(lostAfter, now),
            NodePhase.Unseen or NodePhase.Dead or NodePhase.DownByOrder => false,
        };
    }
}
