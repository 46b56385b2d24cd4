using System.Collections.Immutable;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Liveness;

/// <summary>
/// Isolation addresses that do not answer nodes which speak: one that answers nobody is a mistake in the Policy or a
/// machine that is gone, and says nothing about any node that falls silent.
/// </summary>
/// <param name="Address">Which.</param>
/// <param name="Nodes">Whom it does not answer, in name order.</param>
/// <param name="Asking">How many nodes tell what answers them.</param>
public sealed record SilentAddress(string Address, ImmutableArray<NodeName> Nodes, int Asking)
{
    /// <summary>Each that somebody has not heard for 30 s, in the order of the Policy.</summary>
    public static IEnumerable<SilentAddress> In(Cluster cluster)
    {
        if (cluster.Policy.Liveness.IsolationAddresses.IsEmpty)
        {
            yield break;
        }

        var telling = cluster.Ledger.Nodes.Values.Where(node => node.Phase == NodePhase.Up)
            .Select(node => (node.Name, cluster.HeardOf(node.Name).Reach))
            .Where(told => told.Reach is not null).OrderBy(told => told.Name).ToList();
        foreach (string address in cluster.Policy.Liveness.IsolationAddresses)
        {
            ImmutableArray<NodeName> silent =
                [.. telling.Where(told => told.Reach!.Silent.Contains(address)).Select(told => told.Name)];
            if (!silent.IsEmpty)
            {
                yield return new SilentAddress(address, silent, telling.Count);
            }
        }
    }
}
