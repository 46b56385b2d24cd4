using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Disarming;
using Havm.Core.Fencing;
using Havm.Core.Leaders;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Recovery;

/// <summary>
/// A node that has booted takes up its seats again at once. What depends on something that does not stand gives its
/// seat back first: the boot it was given in is over, so nothing of it runs, and it waits as any start does.
/// </summary>
public static class BootOrder
{
    /// <summary>Who has to wait; before the new boot is on record.</summary>
    public static ImmutableArray<Instance> Waiting(Cluster cluster, NodeRecord node) =>
        node.Boot is null || DisarmRule.InForce(cluster.Ledger) is not null
            || AdoptionDecider.Waits(cluster.Ledger) is not null
            ? []
            :
            [
                .. cluster.Ledger.Instances.Touching(node.Name).Where(i => i.Seat?.Node == node.Name
                    && i is { Wanted: WantedState.Running, Leaving: false, DependsOn.IsEmpty: false }
                    && !DependencyRule.Allows(cluster, i)),
            ];

    /// <summary>Their seats are taken back, with the proof that the new boot is.</summary>
    public static IEnumerable<Proposal> Free(
        Cluster cluster, NodeRecord node, BootId boot, IEnumerable<Instance> waiting)
    {
        var after = new NodeBooted(node.Name, boot).Apply(cluster.Ledger).Nodes[node.Name];
        foreach (var instance in waiting)
        {
            var seat = SeatWithdrawn.Draft(instance, instance.Seat!, node, cluster.Office.Epoch, node.Why);
            if (ProofOfDeath.FromBoot(seat, after) is not { } proof)
            {
                continue;
            }

            var why = new Reason("recovery", "instanceFreed",
                $"{instance.Name} is not taken up again on {node.Name}: what it depends on does not stand yet");
            foreach (var proposal in RecoveryDecider.Freed(cluster, instance, node, proof, why))
            {
                yield return proposal;
            }
        }
    }
}
