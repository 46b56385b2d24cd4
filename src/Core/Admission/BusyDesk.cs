using Havm.Core.Busyness;
using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Admission;

/// <summary>The word of whoever works on a guest from outside: that it is busy, and that it is not any more.</summary>
public static class BusyDesk
{
    /// <summary>What may be written of the work, in characters.</summary>
    public const int LongestWhy = 100;

    /// <summary>What is written where nobody said what is done.</summary>
    public const string UsualWhy = "backup or update";

    /// <summary>The one error of a length that cannot be ordered; null when it can.</summary>
    public static SpecError? OutOfBounds(string instance, TimeSpan length) =>
        length < BusyWord.Least || length > BusyWord.Most
            ? new SpecError($"Instance/{instance}", "for", $"{length.TotalSeconds:0} s is out of bounds",
                $"write {BusyWord.Least.TotalMinutes:0}m to {BusyWord.Most.TotalHours:0}h; "
                    + "what takes longer is marked anew before that ends")
            : null;

    public static OrderOutcome Mark(DecisionDraft draft, BusyOrder order, Instant now)
    {
        var name = $"Instance/{order.Instance}";
        if (Find(draft, order.Instance, out var instance) is { } unknown)
        {
            return unknown;
        }

        if (OutOfBounds(order.Instance.Value, order.Length) is { } outOfBounds)
        {
            return OrderOutcome.Invalid(outOfBounds);
        }

        var text = order.Why.Trim();
        if (text.Length is 0 or > LongestWhy || text.Any(char.IsControl))
        {
            return OrderOutcome.Invalid(new SpecError(name, "why",
                text.Length == 0 ? "is missing" : $"is longer than {LongestWhy} characters, or more than one line",
                "say in a few words what is done with it, as \"backup\""));
        }

        var wall = draft.Cluster.Wall;
        var mark = new BusyMark(wall, wall + order.Length, order.Actor, text);
        var why = new Reason("busy", "marked",
            $"{order.Actor} marked {order.Instance} busy ({text}) until {mark.Until:yyyy-MM-dd HH:mm:ss}Z: its silence "
                + "is not judged, and automation does not move it");
        draft.Add(new Proposal(new BusyMarked(order.Instance, mark), why), now);
        return Answer(name, ObjectChange.Changed,
            $"is busy ({text}) until {BusyRule.EndOf(instance with { Busy = mark })}: its silence is not judged, and "
                + "automation does not move it" + (instance.Move is { } move
                    ? $"; that it moves from {move.From} to {move.To} has begun, and goes on" : ""));
    }

    public static OrderOutcome End(DecisionDraft draft, BusyEndOrder order, Instant now)
    {
        var name = $"Instance/{order.Instance}";
        if (Find(draft, order.Instance, out var instance) is { } unknown)
        {
            return unknown;
        }

        if (instance.Busy is not { } mark)
        {
            return Answer(name, ObjectChange.Unchanged, "is not marked busy, or that is over by itself");
        }

        var why = new Reason("busy", "ended",
            $"{order.Actor} says that {order.Instance} is not busy any more ({mark.Why}): its silence is judged again, "
                + "and counted anew");
        draft.Add(new Proposal(new BusyEnded(order.Instance, draft.Cluster.Wall), why), now);
        return Answer(
            name, ObjectChange.Changed, "is not busy any more: its silence is judged again, and counted anew");
    }

    private static OrderOutcome? Find(DecisionDraft draft, InstanceName name, out Instance instance)
    {
        instance = draft.Cluster.Ledger.Instances.GetValueOrDefault(name)!;
        return instance switch
        {
            null => OrderOutcome.Refused(
                new SpecError($"Instance/{name}", "", "does not exist", "`havm vm list` lists what does")),
            { Leaving: true } => OrderOutcome.Refused(
                new SpecError($"Instance/{name}", "", "is being deleted", "apply its object again to keep it")),
            _ => null,
        };
    }

    private static OrderOutcome Answer(string name, ObjectChange change, string message) => new()
    {
        Objects = [new ObjectOutcome(name, change, message)],
    };
}
