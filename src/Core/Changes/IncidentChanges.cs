using System.Collections.Immutable;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Changes;

/// <summary>A change of one incident alone.</summary>
public abstract record IncidentChange(string Id) : Change
{
    public override IEnumerable<RecordKey> Touches(Ledger before) => [new(RecordTable.Incident, Id)];

    public override string Subject => $"Incident/{Id}";

    protected static Ledger With(Ledger ledger, Incident incident) =>
        ledger with { Incidents = ledger.Incidents.SetItem(incident.Id, incident) };
}

/// <summary>
/// A failure is on record. The number is given here, in the order of the ledger, so that one round may open several.
/// </summary>
/// <param name="Draft">All but its id.</param>
/// <param name="Node">The node that belongs to it from now on; null for none.</param>
public sealed record IncidentOpened(Incident Draft, NodeName? Node) : Change
{
    public override Ledger Apply(Ledger ledger)
    {
        var incident = Draft with { Id = NextId(ledger) };
        var next = ledger with
        {
            Incidents = ledger.Incidents.SetItem(incident.Id, incident),
            Counters = ledger.Counters with { Incident = ledger.Counters.Incident + 1 },
        };
        if (Node is { } node && next.Nodes.TryGetValue(node, out var record))
        {
            next = next with { Nodes = next.Nodes.SetItem(node, record with { Incident = incident.Id }) };
        }

        return next;
    }

    public override IEnumerable<RecordKey> Touches(Ledger before)
    {
        yield return RecordKeys.Counters;
        yield return new(RecordTable.Incident, NextId(before));
        if (Node is { } node)
        {
            yield return new(RecordTable.Node, node.Value);
        }
    }

    public override string Subject => Draft.IsAboutNode ? $"Node/{Draft.Subject}" : $"Instance/{Draft.Subject}";

    private static string NextId(Ledger ledger) => $"inc-{ledger.Counters.Incident + 1:000000}";
}

/// <summary>Death of what failed is proven.</summary>
public sealed record IncidentProven(string Id, Reason Proof, DateTimeOffset At) : IncidentChange(Id)
{
    public override Ledger Apply(Ledger ledger) =>
        ledger.Incidents.TryGetValue(Id, out var incident)
            ? With(ledger, incident with { Proof = incident.Proof ?? Proof, ProvenAt = incident.ProvenAt ?? At })
            : ledger;
}

/// <summary>More is to be done about it than was decided first, or it turned out to be something else.</summary>
public sealed record IncidentDecided(string Id, IncidentKind Kind, Reason Decision, DateTimeOffset At)
    : IncidentChange(Id)
{
    public override Ledger Apply(Ledger ledger) =>
        ledger.Incidents.TryGetValue(Id, out var incident)
            ? With(ledger, incident with { Kind = Kind, Decision = Decision, DecidedAt = At })
            : ledger;
}

/// <summary>One instance came a step further on its way back.</summary>
public sealed record RecoveryProgressed(string Id, InstanceName Instance, InstanceRecovery Recovery)
    : IncidentChange(Id)
{
    public override Ledger Apply(Ledger ledger) =>
        ledger.Incidents.TryGetValue(Id, out var incident)
            ? With(ledger, incident with { Instances = incident.Instances.SetItem(Instance, Recovery) })
            : ledger;
}

/// <summary>What guards hold back of it, or held, is on record.</summary>
public sealed record HoldsNoted(string Id, ImmutableArray<HoldSpan> Spans) : IncidentChange(Id)
{
    public override Ledger Apply(Ledger ledger) =>
        ledger.Incidents.TryGetValue(Id, out var incident)
            ? With(ledger, incident with { Held = Spans })
            : ledger;
}

/// <summary>Everything it touched is ready again, or was ended by order.</summary>
public sealed record IncidentClosed(string Id, string Outcome, DateTimeOffset At) : IncidentChange(Id)
{
    public override Ledger Apply(Ledger ledger)
    {
        var incident = ledger.Incidents[Id];
        var next = With(ledger, incident with { ClosedAt = At, Outcome = Outcome });
        return Bearer(next) is { } node
            ? next with { Nodes = next.Nodes.SetItem(node.Name, node with { Incident = null }) }
            : next;
    }

    public override IEnumerable<RecordKey> Touches(Ledger before) => Bearer(before) is { } node
        ? [.. base.Touches(before), new(RecordTable.Node, node.Name.Value)]
        : base.Touches(before);

    private NodeRecord? Bearer(Ledger ledger) =>
        ledger.Nodes.TryGetValue(new NodeName(ledger.Incidents[Id].Subject), out var node) && node.Incident == Id
            ? node
            : null;
}

/// <summary>An old closed incident leaves the ledger, so that it stays bounded.</summary>
public sealed record IncidentForgotten(string Id) : IncidentChange(Id)
{
    public override Ledger Apply(Ledger ledger) => ledger with { Incidents = ledger.Incidents.Remove(Id) };
}
