using Havm.Core.Placement;
using Havm.Core.Records;

namespace Havm.Core.NodeLife;

/// <summary>Whether a node that is kept from taking seats is missed.</summary>
internal static class Capacity
{
    /// <summary>An instance that waits, which this node could take and no other can; null: there is none.</summary>
    public static Instance? OnlyHere(Cluster cluster, NodeRecord node)
    {
        PlacementView? view = null;
        foreach (var instance in cluster.Ledger.Instances.Restless)
        {
            if (!PlacementDecider.IsDue(cluster, instance))
            {
                continue;
            }

            view ??= new PlacementView(With(cluster, node));
            var legal = PlacementDecider.Legal(view, instance).ToList();
            if (legal is [var only] && only == node.Name)
            {
                return instance;
            }
        }

        return null;
    }

    /// <summary>The picture in which it would be trusted as a last resort.</summary>
    private static Cluster With(Cluster cluster, NodeRecord node) => cluster with
    {
        Ledger = cluster.Ledger with
        {
            Nodes = cluster.Ledger.Nodes.SetItem(node.Name, node with { Fitness = null }),
        },
    };
}
