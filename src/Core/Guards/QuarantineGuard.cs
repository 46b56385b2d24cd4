using Havm.Core.Changes;
using Havm.Core.NodeLife;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Guards;

/// <summary>
/// Automation never puts more nodes into quarantine at a time than `nodeLife.atMost` percent of all (one, where that
/// is less than one; those that are out for repair for their sensors count), and none while an instance waits that only
/// this node could take.
/// </summary>
public sealed class QuarantineGuard : IGuard
{
    public string ReleasedBy =>
        "another node leaving quarantine, or a place for what waits; `havm node repair` keeps instances away meanwhile";

    public Reason? Holds(Cluster cluster, Census census, Proposal proposal, Instant now)
    {
        if (proposal.Change is not NodeFitnessMoved { Note: { Is: NodeFitness.Quarantine } note } moved
            || note.By != FitnessCause.Automation)
        {
            return null;
        }

        var node = cluster.Ledger.Nodes[moved.Name];
        if (DiagnosisRule.HasFailed(node))
        {
            // It takes nothing as it is.
            return null;
        }

        var there = cluster.Ledger.Nodes.Values.Count(other => other.Name != moved.Name && IsKept(other));
        var limit = Math.Max(1, cluster.Ledger.Nodes.Count * cluster.Policy.NodeLife.AtMost / 100);
        if (there >= limit)
        {
            return new Reason("guards", "quarantineGuard",
                $"{node.Name} is due for quarantine, where {Count.Of(there, "node")} of {cluster.Ledger.Nodes.Count} "
                    + $"{(there == 1 ? "is" : "are")} and {limit} may be: it keeps taking instances until one is out, "
                    + $"or `havm node repair {node.Name}` keeps them away");
        }

        return Capacity.OnlyHere(cluster, node) is { } instance
            ? new Reason("guards", "quarantineGuard",
                $"{node.Name} is due for quarantine, and no other node can take {instance.Name}: "
                    + "it is spared until that has a place")
            : null;
    }

    /// <summary>
    /// Automation keeps it away: for its sensors also when it is out for repair by now, so that sensors that are wrong
    /// everywhere never empty node after node.
    /// </summary>
    private static bool IsKept(NodeRecord node) =>
        node.Fitness is { By: FitnessCause.Automation } note && (note.Is == NodeFitness.Quarantine || note.ForRisk);
}
