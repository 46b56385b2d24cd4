using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Placement;

/// <summary>What is left to give away.</summary>
/// <param name="NodesUp">Nodes that take seats.</param>
/// <param name="MemoryFree">Over all of them.</param>
/// <param name="CpusFree">Virtual CPUs, over all of them.</param>
/// <param name="LargestVm">The most memory that one more VM could have.</param>
/// <param name="Waiting">Instances that wait for a seat.</param>
/// <param name="OneMoreNode">Whether any one more node could be lost, and all it runs would find a seat.</param>
/// <param name="OneMoreNodeWhy">The worst node and what would wait; or that none would.</param>
public sealed record Reserve(
    int NodesUp, Bytes MemoryFree, long CpusFree, Bytes LargestVm, int Waiting, bool OneMoreNode,
    string OneMoreNodeWhy);

/// <summary>
/// Counts what a cluster could still take. Who would find a seat is asked of placement itself, with a node away.
/// </summary>
public static class ReserveCount
{
    public static Reserve Of(Cluster cluster)
    {
        var free = new PlacementView(cluster).Candidates
            .Where(node => node.Node is { Phase: NodePhase.Up, Cordoned: false, Fitness: null }).ToList();
        var (holds, why) = OneMore(cluster);
        return new Reserve(
            free.Count,
            new Bytes(free.Sum(node => Math.Max(0, node.MemoryFree.Value))),
            free.Sum(node => (long)Math.Max(0, node.CpusFree)),
            free.Where(node => node.CpusFree > 0).Select(node => node.MemoryFree).DefaultIfEmpty().Max(),
            cluster.Ledger.Instances.Restless.Count(IsWaiting), holds, why);
    }

    private static bool IsWaiting(Instance instance) =>
        instance is { Seat: null, Wanted: WantedState.Running, Leaving: false };

    /// <summary>The node that holds most memory is tried first; the first that cannot be spared is named.</summary>
    private static (bool Holds, string Why) OneMore(Cluster cluster)
    {
        var loaded = cluster.Ledger.Instances.Values
            .Where(instance => instance.Seat is not null)
            .ToLookup(instance => instance.Seat!.Node);
        var up = cluster.Ledger.Nodes.Values.Where(node => node.Phase == NodePhase.Up)
            .OrderByDescending(node => loaded[node.Name].Sum(instance => instance.Machine.Memory.Value)).ToList();
        foreach (var node in up)
        {
            var lost = loaded[node.Name].ToList();
            var waits = lost.Count - Seated(cluster, node, lost);
            if (waits > 0)
            {
                return (false, $"without {node.Name}, {waits} of its {Count.Of(lost.Count, "instance")} would wait");
            }
        }

        return up.Count == 0
            ? (false, "no node is up")
            : (true, "whichever node goes, all it runs finds a seat");
    }

    private static int Seated(Cluster cluster, NodeRecord node, List<Instance> lost)
    {
        var ledger = cluster.Ledger;
        var freed = lost.Aggregate(ledger.Instances, (table, instance) =>
            table.SetItem(instance.Name, instance with { Seat = null, Failures = new FailedTries() }));
        var without = cluster with
        {
            Ledger = ledger with
            {
                Instances = freed,
                Nodes = ledger.Nodes.SetItem(node.Name, node with { Phase = NodePhase.Dead }),
            },
        };
        var names = lost.Select(instance => instance.Name).ToHashSet();
        return PlacementDecider.Decide(without, Instant.Origin)
            .Count(seat => seat.Change is SeatTaken taken && names.Contains(taken.Name));
    }
}
