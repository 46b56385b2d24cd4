using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Changes;

/// <summary>A change of one incident alone.</summary>
public abstract record IncidentChange(string Id) : Change
{
    public override IEnumerable<RecordKey> Touches(Ledger before) => [new(RecordTable.Incident, Id)];

    public override string Subject => $"incident/{Id}";

    protected static Ledger With(Ledger ledger, Incident incident) =>
        ledger with { Incidents = ledger.Incidents.SetItem(incident.Id, incident) };
}

/// <summary>A failure is on record.</summary>
public sealed record IncidentOpened(Incident Incident) : IncidentChange(Incident.Id)
{
    public override Ledger Apply(Ledger ledger) =>
        With(ledger, Incident) with { Counters = ledger.Counters with { Incident = ledger.Counters.Incident + 1 } };

    public override IEnumerable<RecordKey> Touches(Ledger before) => [.. base.Touches(before), RecordKeys.Counters];
}

/// <summary>Death of what failed is proven.</summary>
public sealed record IncidentProven(string Id, Reason Proof, DateTimeOffset At) : IncidentChange(Id)
{
    public override Ledger Apply(Ledger ledger) =>
        ledger.Incidents.TryGetValue(Id, out var incident)
            ? With(ledger, incident with { Proof = Proof, ProvenAt = incident.ProvenAt ?? At })
            : ledger;
}

/// <summary>One instance came a step further on its way back.</summary>
public sealed record RecoveryProgressed(string Id, InstanceName Instance, InstanceRecovery Recovery) : IncidentChange(Id)
{
    public override Ledger Apply(Ledger ledger) =>
        ledger.Incidents.TryGetValue(Id, out var incident)
            ? With(ledger, incident with { Instances = incident.Instances.SetItem(Instance, Recovery) })
            : ledger;
}

/// <summary>Everything it touched is ready again, or was ended by order.</summary>
public sealed record IncidentClosed(string Id, string Outcome, DateTimeOffset At) : IncidentChange(Id)
{
    public override Ledger Apply(Ledger ledger) =>
        ledger.Incidents.TryGetValue(Id, out var incident)
            ? With(ledger, incident with { ClosedAt = At, Outcome = Outcome })
            : ledger;
}

/// <summary>An old closed incident leaves the ledger, so that it stays bounded.</summary>
public sealed record IncidentForgotten(string Id) : IncidentChange(Id)
{
    public override Ledger Apply(Ledger ledger) => ledger with { Incidents = ledger.Incidents.Remove(Id) };
}
