using Havm.Core.Changes;
using Havm.Core.Fencing;
using Havm.Core.Incidents;
using Havm.Core.Notices;
using Havm.Core.Records;
using Havm.Core.Rotation;
using Havm.Model;

namespace Havm.Core.Admission;

/// <summary>Orders about one instance or one node.</summary>
public static partial class OrderDesk
{
    private static OrderOutcome Instance(DecisionDraft draft, InstanceOrder order, Instant now)
    {
        if (!draft.Cluster.Ledger.Instances.TryGetValue(order.Instance, out var instance))
        {
            return OrderOutcome.Refused(
                new SpecError($"Instance/{order.Instance}", "", "does not exist", "`havm vm list` lists what does"));
        }

        if (instance.Leaving)
        {
            return OrderOutcome.Refused(new SpecError(
                $"Instance/{order.Instance}", "", "is being deleted", "apply its object again to keep it"));
        }

        if (order.Verb == InstanceVerb.Restart && instance.Wanted != WantedState.Running)
        {
            var state = instance.Wanted.ToString().ToLowerInvariant();
            return OrderOutcome.Refused(new SpecError(
                $"Instance/{order.Instance}", "", $"is {state}", $"`havm vm start {order.Instance}` "
                    + (instance.Wanted == WantedState.Stopped ? "starts it" : "takes it back")));
        }

        if (order.Grace is { } grace && (grace < TimeSpan.Zero || grace > SeatGoal.LongestGrace))
        {
            return OrderOutcome.Invalid(new SpecError(
                $"Instance/{order.Instance}", "grace", $"{grace.TotalSeconds:0} s is out of bounds", "write 0s to 1h"));
        }

        var wanted = order.Verb switch
        {
            InstanceVerb.Start or InstanceVerb.Restart => WantedState.Running,
            InstanceVerb.Stop => WantedState.Stopped,
            InstanceVerb.Unmanage => WantedState.Unmanaged,
        };
        var word = order.Verb.ToString().ToLowerInvariant();
        var why = new Reason("admission", word + "Ordered", $"{order.Actor} ordered: {word} {order.Instance}");
        var restart = order.Verb == InstanceVerb.Restart;
        var retries = order.Verb == InstanceVerb.Start && (instance.Failures.Count > 0 || instance.Awaits is not null
            || instance is { Seat: null, StartWait.Ordered: false });
        if (!restart && !retries && instance.Wanted == wanted
            && (order.Grace is null || order.Grace == instance.StopGrace || instance.Seat is null))
        {
            return new OrderOutcome
            {
                Objects =
                [
                    new($"Instance/{order.Instance}", ObjectChange.Unchanged,
                        $"is already wanted {wanted.ToString().ToLowerInvariant()}"),
                ],
            };
        }

        draft.Add(new Proposal(
            new InstanceOrdered(order.Instance, wanted, restart)
            {
                Grace = order.Grace,
                Start = order.Verb == InstanceVerb.Start && !instance.DependsOn.IsEmpty
                    ? new StartWait(draft.Cluster.Wall) { Ordered = true } : null,
                Exit = restart || wanted == WantedState.Stopped
                    ? RotationRule.ExitFor(draft.Cluster, instance, why, restart) : null,
                Notice = (restart || wanted == WantedState.Stopped) && order.Grace != TimeSpan.Zero
                    ? NoticeRule.For(
                        draft.Cluster, instance, restart ? NoticeKind.Restart : NoticeKind.Stop, why, byPerson: true)
                    : null,
            }, why, Impact.Restart), now);
        return new OrderOutcome
        {
            Objects = [new($"Instance/{order.Instance}", ObjectChange.Changed, Deed(order.Verb, instance))],
        };
    }

    private static string Deed(InstanceVerb verb, Instance instance) => verb switch
    {
        InstanceVerb.Start when instance.Wanted == WantedState.Unmanaged => "is taken back, and is to run",
        InstanceVerb.Start => "is to run",
        InstanceVerb.Unmanage => "is left as it is: it is neither started, stopped, repaired nor moved",
        InstanceVerb.Stop => "is shut down, and stays stopped until it is started",
        InstanceVerb.Restart when instance.Seat is { } seat => $"is shut down and started again on {seat.Node}",
        InstanceVerb.Restart => "holds no seat now: it starts as soon as it is given one",
    };

    private static OrderOutcome ConfirmDead(DecisionDraft draft, ConfirmDeadOrder order, Instant now)
    {
        var name = $"Node/{order.Node}";
        if (!draft.Cluster.Ledger.Nodes.TryGetValue(order.Node, out var node))
        {
            return OrderOutcome.Refused(new SpecError(name, "", "does not exist", "`havm node list` lists what does"));
        }

        if (BootProof.FromOperator(draft.Cluster, node, order.Boot, order.Actor, now) is not { } proof)
        {
            var reason = BootProof.Contradiction(draft.Cluster, node, order.Boot, now)!;
            return OrderOutcome.Refused(new SpecError(name, "boot", reason,
                "switch the machine off, look that it is off, "
                    + "and repeat with the boot id that `havm node show` tells"));
        }

        if (node.Incident is null)
        {
            // Down by order, or held back by a guard: nothing was opened for it yet.
            var heard = draft.Cluster.HeardOf(order.Node);
            draft.Add(IncidentFile.ForNode(draft.Cluster, node, heard, null, proof.Reason, now), now);
        }

        draft.Add(new Proposal(
            new NodeProvenDead(order.Node, proof, null, draft.Cluster.Wall), proof.Reason, Impact.PowerOff), now);
        return new OrderOutcome { Objects = [new(name, ObjectChange.Changed, proof.Reason.Message)] };
    }

    private static OrderOutcome Cordon(DecisionDraft draft, CordonOrder order, Instant now)
    {
        if (!draft.Cluster.Ledger.Nodes.TryGetValue(order.Node, out var node))
        {
            return OrderOutcome.Refused(
                new SpecError($"Node/{order.Node}", "", "does not exist", "`havm node list` lists what does"));
        }

        if (node.Cordoned != order.Cordoned)
        {
            var why = new Reason("admission", order.Cordoned ? "cordoned" : "uncordoned",
                $"{order.Actor} "
                    + $"{(order.Cordoned ? "keeps new seats away from" : "lets seats come again to")} {order.Node}");
            draft.Add(new Proposal(
                order.Cordoned ? new NodeCordoned(order.Node) : new NodeUncordoned(order.Node), why), now);
        }

        var state = order.Cordoned ? "gets no new instances; those on it stay" : "may get instances again";
        var change = node.Cordoned == order.Cordoned ? ObjectChange.Unchanged : ObjectChange.Changed;

        return new OrderOutcome
        {
            Objects =
            [
                new($"Node/{order.Node}", change,
                    change == ObjectChange.Changed ? state : $"{state}: so it is already"),
            ],
        };
    }
}
