using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Core.Recovery;
using Havm.Model;

namespace Havm.Core.Moves;

/// <summary>
/// Instances whose node has not reached their disks for as long as their limits allow: they move to a node that does,
/// where one is that can take them. Where none is they stay: held by their disk error, they go on with their memory
/// when the datastore comes back.
/// </summary>
public static class StoragePathDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        MovePlanner? planner = null;
        foreach (var node in cluster.Ledger.Nodes.Values)
        {
            if (node.Phase != NodePhase.Up || cluster.HeardOf(node.Name) is not { Report: { } report } heard
                || heard.Boot != node.Boot || !HasLost(report))
            {
                continue;
            }

            planner ??= new MovePlanner(cluster);
            foreach (var instance in RestartOrder.Of(cluster.Ledger.Instances.Touching(node.Name)
                .Where(i => i.Seat?.Node == node.Name && IsLost(cluster, i))).ToList())
            {
                foreach (var move in Send(planner, node, instance))
                {
                    yield return move;
                }
            }
        }
    }

    /// <summary>Whether the host says of this very seat that its disks are out of reach.</summary>
    public static bool IsLost(Cluster cluster, Instance instance) =>
        InstanceMachine.ReportOf(cluster, instance) is { StorageLost: true };

    private static bool HasLost(NodeReport report)
    {
        foreach (var instance in report.Instances)
        {
            if (instance.StorageLost)
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<Proposal> Send(MovePlanner planner, NodeRecord node, Instance instance)
    {
        var party = planner.PartyOf(instance);
        return party.IsEmpty || planner.Best(party, to => to.Node.Name != node.Name) is not { } place
            ? []
            : planner.Send(party, place.Node.Name, MoveCause.Storage, $"{node.Name} does not reach its disks any more");
    }
}
