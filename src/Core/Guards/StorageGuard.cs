using Havm.Core.Changes;
using Havm.Core.Moves;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Guards;

/// <summary>
/// When more than a third of the nodes, and at least two, do not reach their storage, the storage itself is ill: moving
/// instances about would end what goes on by itself when it is well again.
/// </summary>
public sealed class StorageGuard : IGuard
{
    public string ReleasedBy => "fewer nodes that do not reach their storage, or the storage being well again";

    public Reason? Holds(Cluster cluster, Census census, Proposal proposal, Instant now)
    {
        if (proposal.Change is not MoveBegun { Note.Cause: MoveCause.Storage })
        {
            return null;
        }

        var (up, lost) = (0, 0);
        foreach (var node in cluster.Ledger.Nodes.Values)
        {
            if (node.Phase == NodePhase.Up)
            {
                up++;
                lost += Lacks(cluster, node) ? 1 : 0;
            }
        }

        return lost >= 2 && lost * 3 > up
            ? new Reason("guards", "storageGuard",
                $"{lost} of {up} nodes do not reach their storage: the storage itself is ill, not a path to it; "
                    + "instances stay until fewer are, and go on by themselves when it is well")
            : null;
    }

    /// <summary>
    /// It says so of a datastore, which it sees at once, or of an instance, which it says after the wait.
    /// </summary>
    private static bool Lacks(Cluster cluster, NodeRecord node) =>
        node.Ailments.Any(ailment => node.LacksDatastore(ailment.Of))
        || cluster.HeardOf(node.Name).Report?.Instances.Any(i => i.StorageLost) == true;
}
