using Havm.Core;
using Havm.Core.Records;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Controller.Views;

internal sealed partial record Lens
{
    public IncidentView Incident(Incident incident, IReadOnlyList<Held> held)
    {
        var instances = incident.Instances
            .Select(i => (Name: i.Key, Recovery: i.Value, Phases: Phases(incident, i.Value))).ToList();
        return new IncidentView
        {
            Id = incident.Id,
            Kind = Word.Of(incident.Kind),
            Subject = incident.IsAboutNode ? $"Node/{incident.Subject}" : $"Instance/{incident.Subject}",
            OpenedAt = Moment.Of(incident.DetectedAt, Wall),
            ClosedAt = At(incident.ClosedAt),
            Phase = PhaseOf(incident),
            Evidence = incident.Decision.Evidence,
            Decision = incident.Decision,
            Proof = incident.Proof is { } proof
                ? new ProofView(proof.Code, proof.Message, Moment.Of(incident.ProvenAt ?? incident.DecidedAt, Wall))
                : null,
            Phases = instances.Count switch
            {
                0 => Phases(incident, null),
                1 => instances[0].Phases,
                _ => Longest(instances.ConvertAll(i => i.Phases)),
            },
            Instances =
            [
                .. instances.Select(i => new IncidentInstanceView(
                    i.Name.Value, i.Recovery.From?.Value, i.Recovery.To?.Value,
                    Cluster.Ledger.Instances.GetValueOrDefault(i.Name)?.Highest.Value ?? 0,
                    Outcome(i.Recovery), i.Phases)),
            ],
            Held =
            [
                .. held.Where(h => incident.Open && h.Proposal.Judges?.Value == incident.Subject)
                    .Select(h => new HeldView(
                        $"Node/{incident.Subject}", h.Proposal.Reason.Code, h.Guard.Code, h.Guard.Message,
                        "when the guard's reason is gone", null)),
            ],
            Confirmed = Moment.Of(Wall, TimeSpan.Zero),
        };
    }

    private static string PhaseOf(Incident incident) => incident switch
    {
        { Open: false } => "closed",
        { Kind: IncidentKind.NodeFailed or IncidentKind.NodeCutOff, ProvenAt: null } => "fencing",
        _ => "recovering",
    };

    private static string Outcome(InstanceRecovery recovery) => recovery switch
    {
        { Ended: { } ended } => ended,
        { ReadyAt: not null } => "ready",
        { StartedAt: not null } => "starting",
        { PlacedAt: not null } => "placed",
        _ => "waiting",
    };

    private static PhasesView Phases(Incident incident, InstanceRecovery? way)
    {
        var failed = incident.LastWell ?? incident.DetectedAt;
        return new PhasesView
        {
            DetectSeconds = Between(failed, incident.DetectedAt),
            DecideSeconds = Between(incident.DetectedAt, incident.DecidedAt),
            FenceSeconds = Between(incident.DecidedAt, incident.ProvenAt),
            PlaceSeconds = Between(way?.FreedAt ?? incident.ProvenAt, way?.PlacedAt),
            StartSeconds = Between(way?.PlacedAt ?? incident.DecidedAt, way?.StartedAt),
            GuestReadySeconds = Between(way?.StartedAt, way?.ReadyAt),
            TotalSeconds = Between(failed, way?.ReadyAt),
        };
    }

    private static PhasesView Longest(List<PhasesView> all) => new()
    {
        DetectSeconds = all.Max(p => p.DetectSeconds),
        DecideSeconds = all.Max(p => p.DecideSeconds),
        FenceSeconds = all.Max(p => p.FenceSeconds),
        PlaceSeconds = all.Max(p => p.PlaceSeconds),
        StartSeconds = all.Max(p => p.StartSeconds),
        GuestReadySeconds = all.Max(p => p.GuestReadySeconds),
        TotalSeconds = all.Max(p => p.TotalSeconds),
    };

    private static double? Between(DateTimeOffset? from, DateTimeOffset? to) =>
        from is { } a && to is { } b ? Math.Max(0, Math.Round((b - a).TotalSeconds, 3)) : null;
}
