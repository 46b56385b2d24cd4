using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.NodeLife;

/// <summary>
/// Notes that a node went without having said so. Not noted is what people do with a node: maintenance, repair, and
/// what it announced.
/// </summary>
internal static class DepartureNote
{
    public static Proposal? For(Cluster cluster, NodeRecord node, DepartureKind kind, Reason why) =>
        node.Drain is null && node.Fit is not (NodeFitness.OutForRepair or NodeFitness.Retired)
            ? new Proposal(new NodeDeparted(node.Name, new NodeDeparture(cluster.Wall, kind, node.Boot, why)), why)
            {
                Told = false,
            }
            : null;
}
