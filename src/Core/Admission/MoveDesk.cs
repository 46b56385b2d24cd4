using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Moves;
using Havm.Core.Placement;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Admission;

/// <summary>
/// An operator's order to move one instance. It is checked by the very filters that placement obeys; a node that they
/// refuse is refused here with their words.
/// </summary>
internal static class MoveDesk
{
    public static OrderOutcome Move(DecisionDraft draft, MoveOrder order, Instant now)
    {
        var cluster = draft.Cluster;
        if (!cluster.Ledger.Instances.TryGetValue(order.Instance, out var instance))
        {
            return OrderOutcome.Refused(
                new SpecError($"Instance/{order.Instance}", "", "does not exist", "`havm vm list` lists what does"));
        }

        var planner = new MovePlanner(cluster);
        if (planner.View.Find(order.To) is not { } node)
        {
            return Refused(order, "to", $"node {order.To} does not exist", "`havm node list` lists what does");
        }

        if (instance is { Wanted: WantedState.Stopped, Leaving: false, Seat: null })
        {
            return StartsThere(draft, instance, order, node, now);
        }

        if (instance.Seat?.Node == order.To && instance.Move is null)
        {
            return Unchanged(order, $"sits on {order.To} already");
        }

        var party = planner.PartyOf(instance);
        if (party.IsEmpty)
        {
            return Refused(order, "", Obstacle(cluster, instance), $"`havm vm explain {order.Instance}` says more");
        }

        if (planner.Refusal(party, node) is { } refusal)
        {
            return Refused(order, "to", refusal, $"`havm vm explain {order.Instance}` lists every node");
        }

        if (FailbackDecider.Prefers(planner, party, node) is { } better)
        {
            return Refused(order, "to",
                $"failback would move it from {order.To} to {better} at once: a pin prefers that",
                "change the pin's weights, or write failback: false, and move it then");
        }

        var moves = planner.Send(party, order.To, MoveCause.Order, $"{order.Actor} ordered it").ToList();
        foreach (var move in moves)
        {
            draft.Add(move, now);
        }

        return new OrderOutcome
        {
            Objects =
            [
                .. party.Where(member => member.Seat!.Node != order.To).Select(member => new ObjectOutcome(
                    $"Instance/{member.Name}", ObjectChange.Changed,
                    $"is shut down on {member.Seat!.Node} and starts on {order.To} (a cold move)")),
            ],
        };
    }

    private static OrderOutcome StartsThere(
        DecisionDraft draft, Instance instance, MoveOrder order, Candidate node, Instant now)
    {
        if (draft.Cluster.Policy.Placement.AtStart == StartPlace.Best)
        {
            return Refused(order, "", "is stopped, and placement chooses the best node at its start",
                "start it and move it then, or write placement.atStart: last in the Policy");
        }

        if (instance.LastNode == order.To)
        {
            return Unchanged(order, $"is stopped, and starts on {order.To} next");
        }

        var why = new Reason("moves", "startNodeChosen",
            $"{order.Actor} ordered: {instance.Name} starts on {order.To} next, as long as that node can take it");
        draft.Add(new Proposal(new StartNodeChosen(instance.Name, node.Node.Name), why), now);
        return new OrderOutcome
        {
            Objects =
            [
                new($"Instance/{order.Instance}", ObjectChange.Changed, $"is stopped; starts on {order.To} next"),
            ],
        };
    }

    private static string Obstacle(Cluster cluster, Instance instance) => instance switch
    {
        { Leaving: true } => "is being deleted",
        { Move: { } move } => $"is on its way from {move.From} to {move.To} already",
        { Wanted: WantedState.Stopped } => "is stopping",
        { Seat: null, Unproven.IsEmpty: false } => "waits for the proof that it runs nowhere: it starts after that",
        { Seat: null } => "holds no seat: it starts as soon as a node can take it",
        { Seat: { } seat } when cluster.Ledger.Nodes[seat.Node].Phase is not (NodePhase.Up or NodePhase.DownByOrder) =>
            $"sits on {seat.Node}, which cannot be heard: it is recovered, not moved",
        _ => "belongs together with an instance that cannot be moved now",
    };

    private static OrderOutcome Unchanged(MoveOrder order, string message) => new()
    {
        Objects = [new($"Instance/{order.Instance}", ObjectChange.Unchanged, message)],
    };

    private static OrderOutcome Refused(MoveOrder order, string field, string reason, string remedy) =>
        OrderOutcome.Refused(new SpecError($"Instance/{order.Instance}", field, reason, remedy));
}
