using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Disarming;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Admission;

/// <summary>Orders about automation as a whole: off for a while, and on again.</summary>
public static class DisarmDesk
{
    private const string Looking = "every node is searched first for what was moved or started by hand";

    /// <summary>The one error of a length that cannot be ordered; null when it can.</summary>
    public static SpecError? OutOfBounds(string cluster, TimeSpan length) =>
        length < DisarmRule.Least || length > DisarmRule.Most
            ? new SpecError($"Cluster/{cluster}", "for", $"{length.TotalSeconds:0} s is out of bounds",
                $"write {DisarmRule.Least.TotalMinutes:0}m to {DisarmRule.Most.TotalHours:0}h")
            : null;

    public static OrderOutcome Disarm(DecisionDraft draft, DisarmOrder order, Instant now)
    {
        var cluster = draft.Cluster;
        if (OutOfBounds(cluster.Ledger.ClusterName, order.Length) is { } outOfBounds)
        {
            return OrderOutcome.Invalid(outOfBounds);
        }

        if (order.Mode == AutomationMode.Armed)
        {
            return OrderOutcome.Invalid(new SpecError($"Cluster/{cluster.Ledger.ClusterName}", "mode",
                "armed is no way to disarm", "write freeze or hands-off; `havm arm` arms"));
        }

        var until = cluster.Wall + order.Length;
        var why = new Reason("disarming", "disarmed",
            $"{order.Actor} disarms automation ({Automation.NameOf(order.Mode)}) until {until:yyyy-MM-dd HH:mm:ss}Z: "
                + "nothing is started, stopped or fenced, and no lease is a proof of death");
        draft.Add(new Proposal(new Disarmed(new Disarm
        {
            Word = DisarmRule.Next(cluster.Ledger, cluster.Office.Epoch, order.Mode),
            Mode = order.Mode,
            State = DisarmState.InForce,
            HandsOn = order.Mode == AutomationMode.HandsOff
                || DisarmRule.InForce(cluster.Ledger) is { HandsOn: true },
            By = order.Actor,
            At = cluster.Wall,
            Until = until,
            Why = why,
        }), why), now);
        return Answer(cluster, ObjectChange.Changed,
            $"automation is disarmed ({Automation.NameOf(order.Mode)}) until {until:yyyy-MM-dd HH:mm:ss}Z");
    }

    public static OrderOutcome Arm(DecisionDraft draft, ArmOrder order, Instant now)
    {
        var cluster = draft.Cluster;
        if (DisarmRule.InForce(cluster.Ledger) is not { } disarm)
        {
            return Answer(cluster, ObjectChange.Unchanged, "automation is on already");
        }

        if (disarm.State == DisarmState.LookingAround)
        {
            return Answer(cluster, ObjectChange.Unchanged, $"automation is coming on already: {Looking}");
        }

        var why = new Reason("disarming", "rearmed",
            $"{order.Actor} arms automation, which was disarmed ({Automation.NameOf(disarm.Mode)}) by {disarm.By}");
        draft.Add(DisarmRule.End(cluster, disarm, why), now);
        return Answer(cluster, ObjectChange.Changed, disarm.HandsOn
            ? $"automation comes on in {DisarmRule.LookAround.TotalSeconds:0} s: {Looking}"
            : "automation is on again; leases prove again once every node has acknowledged");
    }

    /// <summary>An order that is on record, and is carried out only when automation is on again, says so.</summary>
    public static OrderOutcome Told(Ledger ledger, Input input, OrderOutcome outcome)
    {
        if (!outcome.Accepted || DisarmRule.InForce(ledger) is not { } disarm
            || outcome.Objects.All(o => o.Change == ObjectChange.Unchanged))
        {
            return outcome;
        }

        var held = $"automation is disarmed ({Automation.NameOf(disarm.Mode)}): this is on record, "
            + $"and carried out after {DisarmRule.EndOf(disarm)}";
        return input switch
        {
            SpecsSubmitted => outcome with
            {
                Warnings = outcome.Warnings.Add(new Warning($"Cluster/{ledger.ClusterName}", held)),
            },
            SpecsDeleted or ScaleOrder or InstanceOrder => outcome with
            {
                Objects = [.. outcome.Objects.Select(o => o with
                {
                    Message = o.Message.Length == 0 ? held : $"{o.Message}; {held}",
                })],
            },
            _ => outcome,
        };
    }

    private static OrderOutcome Answer(Cluster cluster, ObjectChange change, string message) => new()
    {
        Objects = [new ObjectOutcome($"Cluster/{cluster.Ledger.ClusterName}", change, message)],
    };
}
