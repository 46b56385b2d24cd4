using System.Collections.Immutable;
using Havm.Core.Busyness;
using Havm.Core.Changes;
using Havm.Core.Moves;
using Havm.Core.Records;
using Havm.Core.Recovery;
using Havm.Model;

namespace Havm.Core.Maintenance;

/// <summary>
/// Empties nodes that are in maintenance or on their way out, a few instances at a time, each to the best node that is
/// legal for it. What no other node can take stays where it is: nothing is stopped for a drain that could not start
/// elsewhere.
/// </summary>
public static class DrainDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        MovePlanner? planner = null;
        foreach (var node in cluster.Ledger.Nodes.Values.Where(n => n.Drain is not null))
        {
            if (IsCalledOff(cluster, node))
            {
                var stays = new Reason("maintenance", "drainEnded", $"{node.Name} stays: its departure was called off");
                yield return new Proposal(new DrainEnded(node.Name, cluster.Wall), stays);
                continue;
            }

            planner ??= new MovePlanner(cluster);
            foreach (var proposal in Empty(cluster, node, node.Drain!, planner))
            {
                yield return proposal;
            }
        }
    }

    /// <summary>What sits on a node and has nowhere to go, each with what keeps it; for people.</summary>
    public static IEnumerable<Instance> Stuck(Cluster cluster, NodeRecord node)
    {
        var planner = new MovePlanner(cluster);
        return cluster.Ledger.Instances.Touching(node.Name)
            .Where(i => i.Seat?.Node == node.Name && planner.IsMovable(i) && Place(planner, node, i) is null);
    }

    /// <summary>What sits on a node and moves only after its mark, or that of one it shares its node with.</summary>
    public static IEnumerable<Instance> Busy(Cluster cluster, NodeRecord node) => BusyRule.GoesAnyway(node)
        ? []
        : cluster.Ledger.Instances.Touching(node.Name)
            .Where(i => i.Seat?.Node == node.Name && BusyRule.Keeps(cluster.Ledger, i) is not null);

    private static IEnumerable<Proposal> Empty(
        Cluster cluster, NodeRecord node, DrainNote drain, MovePlanner planner)
    {
        var touching = cluster.Ledger.Instances.Touching(node.Name).ToList();
        if (touching.Count == 0 != drain.EmptySince is not null)
        {
            yield return Emptied(cluster, node, touching.Count == 0);
        }

        var leaving = touching.Count(i => i.Move?.From == node.Name || !i.Unproven.IsEmpty);
        var room = cluster.Policy.Maintenance.MovesAtOnce - leaving;
        var going = leaving > 0;
        var busy = Busy(cluster, node).ToHashSet();
        foreach (var instance in RestartOrder.Of(touching.Where(i => i.Seat?.Node == node.Name)))
        {
            if (Place(planner, node, instance) is not { } place)
            {
                continue;
            }

            // What a guard will hold takes no room from those that go.
            var waits = busy.Contains(instance);
            going = true;
            foreach (var move in room > 0 ? Send(planner, instance, place, node, drain) : [])
            {
                room -= waits ? 0 : 1;
                yield return move;
            }
        }

        if (!going && cluster.HeardOf(node.Name).DepartureReboots is { } reboots
            && node is { Phase: NodePhase.Up, Departure: null })
        {
            yield return DepartureRule.LetGo(cluster, node, new DepartureNotice(reboots));
        }
    }

    private static Proposal Emptied(Cluster cluster, NodeRecord node, bool empty)
    {
        var why = new Reason("maintenance", empty ? "safeToPowerOff" : "notEmpty", empty
            ? $"nothing sits on {node.Name} any more: it is safe to power off"
            : $"an instance sits on {node.Name} again");
        return new Proposal(new DrainEmptied(node.Name, empty ? cluster.Wall : null), why);
    }

    private static IEnumerable<Proposal> Send(
        MovePlanner planner, Instance instance, NodeName place, NodeRecord node, DrainNote drain) =>
        planner.Send(
            planner.PartyOf(instance), place, MoveCause.Maintenance,
            drain.Cause == DrainCause.Order ? $"{node.Name} is in maintenance" : $"{node.Name} announced that it goes",
            drain.Returns);

    private static NodeName? Place(MovePlanner planner, NodeRecord node, Instance instance)
    {
        ImmutableArray<Instance> party = planner.PartyOf(instance);
        return party.IsEmpty ? null : planner.Best(party, to => to.Node.Name != node.Name)?.Node.Name;
    }

    /// <summary>
    /// The very boot that announced it speaks on and does not say so any more. Only the warden knows; a new leader
    /// waits for its word.
    /// </summary>
    private static bool IsCalledOff(Cluster cluster, NodeRecord node)
    {
        var heard = cluster.HeardOf(node.Name);
        return node is { Drain.Cause: DrainCause.Departure, Phase: NodePhase.Up }
            && heard.Boot == node.Boot && heard.Warden.At is not null && heard.DepartureReboots is null;
    }
}
