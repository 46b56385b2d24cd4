using Havm.Core.Changes;
using Havm.Core.Maintenance;
using Havm.Core.NodeLife;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Admission;

/// <summary>An operator's orders about a node's fitness: out for repair, given back, retired.</summary>
internal static class NodeLifeDesk
{
    /// <summary>What an operator may write of a repair, in characters.</summary>
    public const int LongestReason = 500;

    public static OrderOutcome Repair(DecisionDraft draft, RepairOrder order, Instant now)
    {
        var name = $"Node/{order.Node}";
        if (!draft.Cluster.Ledger.Nodes.TryGetValue(order.Node, out var node))
        {
            return Unknown(name);
        }

        var text = order.Text.Trim();
        if (text.Length is 0 or > LongestReason || text.Any(char.IsControl))
        {
            return OrderOutcome.Invalid(new SpecError(name, "reason",
                text.Length == 0 ? "is missing" : $"is longer than {LongestReason} characters, or more than one line",
                "say in one line what is wrong with the machine: the report repeats it"));
        }

        var why = new Reason("nodeLife", "outForRepair", $"{order.Actor} put {order.Node} out for repair: {text}");
        var same = node.Fitness is { Is: NodeFitness.OutForRepair } known && known.Why == why;
        if (!same)
        {
            var note = new FitnessNote(NodeFitness.OutForRepair, why, draft.Cluster.Wall, FitnessCause.Operator);
            draft.Add(new Proposal(new NodeFitnessMoved(order.Node, note), why), now);
        }

        if (!order.Drain)
        {
            var stay = draft.Cluster.Ledger.Instances.Touching(order.Node).Count(i => i.Seat?.Node == order.Node);
            return Done(name, same ? ObjectChange.Unchanged : ObjectChange.Changed,
                "is out for repair: it gets no new instances and is not powered on"
                    + (stay == 0 ? "" : $"; {Count.Of(stay, "instance")} on it {(stay == 1 ? "stays" : "stay")}, "
                        + $"`havm node drain {order.Node}` moves what can move"));
        }

        var drained = DrainDesk.Drain(draft, new DrainOrder(order.Request, order.Node, true, order.Actor), now);
        return Done(name, ObjectChange.Changed,
            $"is out for repair and not powered on; it {drained.Objects[0].Message}");
    }

    public static OrderOutcome Return(DecisionDraft draft, ReturnOrder order, Instant now)
    {
        var name = $"Node/{order.Node}";
        if (!draft.Cluster.Ledger.Nodes.TryGetValue(order.Node, out var node))
        {
            return Unknown(name);
        }

        if (node.Fitness is not { } known)
        {
            return Done(name, ObjectChange.Unchanged, "is fit: there is nothing to return it from");
        }

        if (known.Is == NodeFitness.Probation && !order.Now && !order.WithoutDiagnosis)
        {
            return Done(name, ObjectChange.Unchanged,
                $"is in probation {FitnessRule.Release(node, known)}: {known.Why.Message}");
        }

        var life = draft.Cluster.Policy.NodeLife;
        var fit = order.Now || (life.Probation == TimeSpan.Zero && (!life.Diagnose || order.WithoutDiagnosis));
        var from = FitnessRule.Place(known.Is);
        var looked = life.Diagnose && !order.Now && !order.WithoutDiagnosis;
        var why = new Reason("nodeLife", "givenBack", $"{order.Actor} gave {order.Node} back, which was {from}"
            + (fit ? ": it is fit" : looked ? ": diagnosis and probation first" : ": probation first")
            + (life.Diagnose && !looked ? ", without a diagnosis" : ""));
        draft.Add(new Proposal(
            new NodeGivenBack(
                order.Node, fit ? null : FitnessRule.Probation(draft.Cluster, node, why), draft.Cluster.Wall)
            {
                Waived = looked || !life.Diagnose ? null : DiagnosisRule.Waived(draft.Cluster, why),
            },
            why), now);
        return Done(name, ObjectChange.Changed, fit
            ? "takes instances again at once"
            : $"was {from}: it takes instances as a last resort, and any once it has been up for "
                + FitnessRule.Span(life.Probation) + (looked ? " and its diagnosis has found nothing bad" : ""));
    }

    public static OrderOutcome Retire(DecisionDraft draft, RetireOrder order, Instant now)
    {
        var name = $"Node/{order.Node}";
        if (!draft.Cluster.Ledger.Nodes.TryGetValue(order.Node, out var node))
        {
            return Unknown(name);
        }

        var there = draft.Cluster.Ledger.Instances.Touching(order.Node).Select(i => i.Name.Value)
            .Order(NaturalOrder.Instance).ToList();
        if (there.Count > 0)
        {
            return OrderOutcome.Refused(new SpecError(name, "",
                $"holds {Count.Of(there.Count, "instance")}: {string.Join(", ", there.Take(5))}"
                    + (there.Count > 5 ? ", ..." : ""),
                $"`havm node drain {order.Node}` moves them away; retire it once it is empty"));
        }

        if (node.Fit == NodeFitness.Retired)
        {
            return Done(name, ObjectChange.Unchanged, "is retired already");
        }

        var why = new Reason("nodeLife", "retired", $"{order.Actor} retired {order.Node}");
        var note = new FitnessNote(NodeFitness.Retired, why, draft.Cluster.Wall, FitnessCause.Operator);
        draft.Add(new Proposal(new NodeFitnessMoved(order.Node, note), why), now);
        return Done(name, ObjectChange.Changed,
            $"takes no instances any more and is not powered on; `havm delete Node/{order.Node}` takes it out of the "
                + $"cluster, `havm node return {order.Node}` gives it back");
    }

    private static OrderOutcome Unknown(string name) =>
        OrderOutcome.Refused(new SpecError(name, "", "does not exist", "`havm node list` lists what does"));

    private static OrderOutcome Done(string name, ObjectChange change, string message) => new()
    {
        Objects = [new(name, change, message)],
    };
}
