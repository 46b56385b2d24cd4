using System.Collections.Immutable;
using Havm.Core.Fencing;
using Havm.Core.Guards;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Changes;

/// <summary>A change of one node's record alone.</summary>
public abstract record NodeChange(NodeName Node) : Change
{
    public override IEnumerable<RecordKey> Touches(Ledger before) => [new(RecordTable.Node, Node.Value)];

    public override string Subject => $"Node/{Node}";

    protected static Ledger With(Ledger ledger, NodeRecord node) =>
        ledger with { Nodes = ledger.Nodes.SetItem(node.Name, node) };
}

/// <summary>A node belongs to the cluster from now on.</summary>
public sealed record NodeAdded(NodeName Name, Reason Why, DateTimeOffset At) : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger) =>
        With(ledger, new NodeRecord { Name = Name, Why = Why, Since = At, GoalRevision = ledger.Counters.RemovedGoal });
}

/// <summary>
/// A node without seats left the cluster. Its goal revision is kept, because the machine still knows it: were it added
/// again and its goals counted from 0, it would take every new one for an old one.
/// </summary>
public sealed record NodeRemoved(NodeName Name) : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger) => ledger with
    {
        Nodes = ledger.Nodes.Remove(Name),
        Counters = ledger.Counters with
        {
            RemovedGoal = Math.Max(ledger.Counters.RemovedGoal, ledger.Nodes[Name].GoalRevision),
        },
    };

    public override IEnumerable<RecordKey> Touches(Ledger before) => [.. base.Touches(before), RecordKeys.Counters];
}

/// <summary>Its phase moved; the verdict goes with the phase.</summary>
public sealed record NodeMoved(NodeName Name, NodePhase Phase, NodeVerdict? Verdict, Reason Why, DateTimeOffset At)
    : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var node = ledger.Nodes[Name];
        var since = node.Phase == Phase ? node.Since : At;
        return With(ledger, node with
        {
            Phase = Phase,
            Verdict = Verdict,
            Why = Why,
            Since = since,
            OpenSince = Phase == NodePhase.Up ? since : node.OpenSince,
            Departure = null,
        });
    }
}

/// <summary>It announced a shutdown or reboot.</summary>
public sealed record NodeDeparting(NodeName Name, DepartureNotice Notice, Reason Why, DateTimeOffset At)
    : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger) => With(ledger, ledger.Nodes[Name] with
    {
        Phase = NodePhase.DownByOrder, Departure = Notice, Verdict = null, Why = Why, Since = At,
    });
}

/// <summary>Its warden was heard from there.</summary>
public sealed record AddressSeen(NodeName Name, string Address) : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger) => With(ledger, ledger.Nodes[Name] with { Address = Address });
}

/// <summary>Whether lease expiry of this boot is backed by an armed watchdog.</summary>
public sealed record WatchdogSeen(NodeName Name, bool Armed) : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger) => With(ledger, ledger.Nodes[Name] with { WatchdogArmed = Armed });
}

/// <summary>
/// A boot was heard for the first time. The boot before is over and will never be accepted again; a fence order for
/// it is void.
/// </summary>
public sealed record NodeBooted(NodeName Name, BootId Boot) : NodeChange(Name)
{
    private const int BootsRemembered = 16;

    public override Ledger Apply(Ledger ledger)
    {
        var node = ledger.Nodes[Name];
        var past = node.Boot is { } old ? node.PastBoots.Add(old) : node.PastBoots;
        return With(ledger, node with
        {
            Boot = Boot,
            PastBoots = past.Length > BootsRemembered ? past.RemoveAt(0) : past,
            Fence = null,
            PowerOn = null,
            WatchdogArmed = false,
            Ailments = [],
            Drain = node.Drain is { Cause: DrainCause.Departure } ? null : node.Drain,
        });
    }
}

/// <summary>One boot of a node shall surely stop. The order's number is given here.</summary>
public sealed record FenceOrdered(NodeName Name, FenceOrder Draft) : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var node = ledger.Nodes[Name];
        var counters = ledger.Counters.Ordered(Name, Draft.Boot);
        var order = Draft with { Id = counters.FenceOrder };
        var next = With(ledger, node with { Fence = order }) with { Counters = counters };
        return node.Incident is { } id && next.Incidents.TryGetValue(id, out var incident)
            ? next with { Incidents = next.Incidents.SetItem(id, incident with { FencedAt = order.OrderedAt }) }
            : next;
    }

    public override IEnumerable<RecordKey> Touches(Ledger before) => before.Nodes[Name].Incident is { } incident
        ? [.. base.Touches(before), RecordKeys.Counters, new(RecordTable.Incident, incident)]
        : [.. base.Touches(before), RecordKeys.Counters];
}

/// <summary>A counted fence has grown older; one that is old enough counts no more.</summary>
/// <param name="Fence">With the age it has now.</param>
public sealed record FenceAged(CountedFence Fence) : Change
{
    public override Ledger Apply(Ledger ledger) => ledger with
    {
        Counters = ledger.Counters with
        {
            Fences =
            [
                .. ledger.Counters.Fences.Select(f => f.Order == Fence.Order ? Fence : f)
                    .Where(f => f.Age < FenceAgeDecider.Window),
            ],
        },
    };

    public override IEnumerable<RecordKey> Touches(Ledger before) => [RecordKeys.Counters];

    public override string Subject => $"Node/{Fence.Node}";
}

/// <summary>
/// The BMC has taken the order, or may have: its answer was lost. Durable, because whoever proves the boot dead must
/// know who switched it off.
/// </summary>
public sealed record FenceAnswered(NodeName Name, long Order, int Rung, DateTimeOffset At) : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var node = ledger.Nodes[Name];
        return node.Fence is { } order && order.Id == Order
            ? With(ledger, node with
            {
                Fence = order with { AnsweredAt = order.AnsweredAt ?? At, Taken = order.Taken.Add(Rung) },
            })
            : ledger;
    }
}

/// <summary>It is another method's turn. Durable, so that no new leader begins at the first.</summary>
public sealed record FenceClimbed(NodeName Name, long Order, int Rung, Reason Why) : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var node = ledger.Nodes[Name];
        return node.Fence is { } order && order.Id == Order
            ? With(ledger, node with { Fence = order with { Rung = Rung } })
            : ledger;
    }
}

/// <summary>The order is over: carried out, or void because the boot it was for has spoken again.</summary>
public sealed record FenceEnded(NodeName Name, Reason Why) : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger) => With(ledger, ledger.Nodes[Name] with { Fence = null });
}

/// <summary>
/// The boot on record is proven off. If its power was read off, it is noted which order of ours did that, or null.
/// </summary>
public sealed record NodeProvenDead(NodeName Name, BootProof Proof, long? Order, DateTimeOffset At) : NodeChange(Name)
{
    /// <summary>What that order has switched off, by places in the node's ladder.</summary>
    public ImmutableArray<int> By { get; init => field = value.IsDefault ? [] : value; } = [];

    public override Ledger Apply(Ledger ledger)
    {
        var node = ledger.Nodes[Name];
        return With(ledger, node with
        {
            Phase = NodePhase.Dead,
            Departure = null,
            Why = Proof.Reason,
            Since = At,
            Fence = null,
            Unaccounted = false,
            PowerOn = Proof.ByPower ? new PowerOnNote(Proof.Boot, Order) { By = By } : null,
        });
    }
}

/// <summary>An operator keeps new seats away.</summary>
public sealed record NodeCordoned(NodeName Name) : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger) => With(ledger, ledger.Nodes[Name] with { Cordoned = true });
}

/// <summary>
/// An operator lets seats come again. Who lets them come to a node that was given up asks for it to be powered on
/// anew.
/// </summary>
public sealed record NodeUncordoned(NodeName Name) : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var node = ledger.Nodes[Name];
        var fitness = node is { PowerOn.GivenUp: true, Fitness: { Is: NodeFitness.OutForRepair } note }
            && note.By == FitnessCause.Automation ? null : node.Fitness;
        return With(ledger, node with { Cordoned = false, PowerOn = node.PowerOn?.Anew(), Fitness = fitness });
    }
}

/// <summary>It takes no new seats from now on, and what sits on it is moved away.</summary>
public sealed record DrainBegun(NodeName Name, DrainNote Note) : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger) => With(ledger, ledger.Nodes[Name] with { Drain = Note });
}

/// <summary>Nothing sits on it any more, or something does again.</summary>
public sealed record DrainEmptied(NodeName Name, DateTimeOffset? Since) : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var node = ledger.Nodes[Name];
        return With(ledger, node with { Drain = node.Drain! with { EmptySince = Since } });
    }
}

/// <summary>It takes seats again.</summary>
public sealed record DrainEnded(NodeName Name, DateTimeOffset At) : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger) =>
        With(ledger, ledger.Nodes[Name] with { Drain = null, OpenSince = At });
}

/// <summary>Helpers that several changes share.</summary>
internal static class NodeLedger
{
    /// <summary>The node's goal changed: its revision grows.</summary>
    public static Ledger Bump(Ledger ledger, NodeName? node) =>
        node is { } name && ledger.Nodes.TryGetValue(name, out var record)
            ? ledger with { Nodes = ledger.Nodes.SetItem(name, record with { GoalRevision = record.GoalRevision + 1 }) }
            : ledger;
}

internal static class RecordKeys
{
    public static readonly RecordKey Counters = new(RecordTable.Meta, "counters");

    public static readonly RecordKey Backup = new(RecordTable.Backup, "made");
}
