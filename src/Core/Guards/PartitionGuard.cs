using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Guards;

/// <summary>
/// When too many nodes fall silent at once we suspect ourselves: verdicts from silence are held while over half of all
/// nodes, or over a third in two or more fault domains (at least 2 nodes), are silent. Nodes proven off never count.
/// </summary>
public sealed class PartitionGuard : IGuard
{
    public Reason? Holds(Cluster cluster, Proposal proposal, Instant now)
    {
        if (proposal.Judges is null)
        {
            return null;
        }

        var nodes = cluster.Ledger.Nodes.Values.Where(n => n.Phase != NodePhase.Unseen).ToList();
        var silent = nodes.Where(n => Silence.IsLost(n, cluster, now)).ToList();
        var racks = silent.Select(n => cluster.Ledger.NodeSpecOf(n.Name)?.Rack).Distinct().Count();
        var half = silent.Count * 2 > nodes.Count;
        var third = silent.Count * 3 > nodes.Count && racks >= 2;
        return silent.Count >= 2 && (half || third)
            ? new Reason("guards", "partitionGuard",
                $"{silent.Count} of {nodes.Count} nodes in {racks} rack(s) are silent at once: this controller may be the one that is cut off; nothing is concluded from silence until fewer are")
            : null;
    }
}
