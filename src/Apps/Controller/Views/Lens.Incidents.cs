using System.Collections.Immutable;
using Havm.Core;
using Havm.Core.Accounting;
using Havm.Core.Changes;
using Havm.Core.Guards;
using Havm.Core.Records;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Controller.Views;

internal sealed partial record Lens
{
    /// <summary>On the page of one incident.</summary>
    private const int MostEvents = 60;

    public ImmutableArray<RackFailure> Racks => field.IsDefault ? field = RackFailure.In(Cluster.Ledger) : field;

    public IncidentView Incident(Incident incident, IReadOnlyList<Held> held)
    {
        var rack = Racks.FirstOrDefault(failure => failure.Parts.Any(part => part.Id == incident.Id));
        var layer = incident.Layer ?? (rack is null ? LayerTable.Of(incident.Kind) : Layer.Rack);
        return new IncidentView
        {
            Id = incident.Id,
            Kind = Word.Of(incident.Kind),
            Subject = incident.IsAboutNode ? $"Node/{incident.Subject}" : $"Instance/{incident.Subject}",
            OpenedAt = Moment.Of(incident.DetectedAt, Wall),
            ClosedAt = At(incident.ClosedAt),
            Phase = PhaseOf(incident),
            Layer = Word.Of(layer),
            Row = (int)layer,
            Headline = IncidentWords.Headline(Cluster.Ledger, incident, Wall),
            DecidedBy = IncidentWords.DecidedBy(incident),
            PartOf = rack?.Id ?? incident.Cause,
            Times = new IncidentTimesView(
                At(incident.LastWell), Moment.Of(incident.DetectedAt, Wall), Moment.Of(incident.DecidedAt, Wall),
                At(incident.FencedAt), At(incident.ProvenAt)),
            Stages = [.. IncidentPhases.InARow(incident).Select(stage => new StageView(stage.Phase, stage.Seconds))],
            Outcome = incident.Outcome,
            Evidence = incident.Decision.Evidence,
            Decision = incident.Decision,
            Proof = incident.Proof is { } proof
                ? new ProofView(proof.Code, proof.Message, Moment.Of(incident.ProvenAt ?? incident.DecidedAt, Wall))
                : null,
            Phases = Phases(IncidentPhases.Of(incident)),
            Instances = [.. incident.Instances.Select(way => Way(incident, way.Key, way.Value))],
            Held =
            [
                .. held.Where(h => incident.Open && HoldBook.SubjectOf(h.Proposal) == $"Node/{incident.Subject}")
                    .Select(HeldNow),
            ],
            Holds = [.. incident.Held.Select(Hold)],
            Advice = [.. IncidentWords.Advice(Cluster.Ledger, incident)],
            Confirmed = Moment.Of(Wall, TimeSpan.Zero),
        };
    }

    /// <summary>With the history of what it touched, while it was open.</summary>
    public IncidentView IncidentPage(Incident incident, IReadOnlyList<Held> held)
    {
        string[] subjects =
        [
            $"Node/{incident.Subject}", $"Incident/{incident.Id}", $"Instance/{incident.Subject}",
            .. incident.Instances.Keys.Select(name => $"Instance/{name}"),
        ];
        return Incident(incident, held) with
        {
            Events = Between(subjects, IncidentPhases.FailedAt(incident), incident.ClosedAt),
        };
    }

    public IncidentView RackIncident(RackFailure failure)
    {
        var (first, last) = (failure.Parts[0], failure.Parts.MaxBy(part => part.DecidedAt)!);
        return new IncidentView
        {
            Id = failure.Id,
            Kind = "rackFailed",
            Subject = $"Rack/{failure.Rack}",
            OpenedAt = Moment.Of(failure.Parts.Min(part => part.DetectedAt), Wall),
            ClosedAt = failure.Open ? null : At(failure.Parts.Max(part => part.ClosedAt)),
            Phase = !failure.Open ? "closed"
                : failure.Parts.Any(part => PhaseOf(part) == "fencing") ? "fencing" : "recovering",
            Layer = Word.Of(Layer.Rack),
            Row = (int)Layer.Rack,
            Headline = IncidentWords.Harm(failure, Wall),
            DecidedBy = IncidentWords.DecidedBy(first),
            Parts = [.. failure.Parts.Select(part => part.Id)],
            Times = new IncidentTimesView(
                At(first.LastWell), Moment.Of(first.DetectedAt, Wall), Moment.Of(last.DecidedAt, Wall),
                At(failure.Parts.Min(part => part.FencedAt)), At(failure.Parts.Max(part => part.ProvenAt))),
            Stages =
            [
                .. IncidentPhases.InARow(failure.Parts.MaxBy(part => part.ClosedAt ?? DateTimeOffset.MaxValue)!)
                    .Select(stage => new StageView(stage.Phase, stage.Seconds)),
            ],
            Outcome = failure.Open ? null
                : string.Join("; ", failure.Parts.Select(part => $"{part.Subject}: {part.Outcome}")),
            Decision = new Reason("incidents", "rackFailed",
                $"{failure.Parts.Length} nodes of rack {failure.Rack} were heard last within "
                    + $"{RackFailure.Together.TotalSeconds:0} s of each other: its switch or its power, most likely; "
                    + "each is decided by itself"),
            Phases = Phases(Longest(failure)),
            Instances =
            [
                .. failure.Parts.SelectMany(part => part.Instances.Select(way => Way(part, way.Key, way.Value))),
            ],
            Holds = [.. failure.Parts.SelectMany(part => part.Held).OrderBy(hold => hold.Since).Select(Hold)],
            Advice =
            [
                $"look at the switch and the power of rack {failure.Rack}",
                .. failure.Parts.Select(part => $"`havm incident show {part.Id}` is {part.Subject}"),
            ],
            Confirmed = Moment.Of(Wall, TimeSpan.Zero),
        };
    }

    public EventView Event(EventRecord item) => new(
        item.Sequence, Moment.Of(item.At, Wall), item.Name, item.Subject, item.Reason.Message, item.Reason, null);

    private HeldView HeldNow(Held held)
    {
        var subject = HoldBook.SubjectOf(held.Proposal);
        var since = Cluster.Holds.Values.FirstOrDefault(hold => hold.Subject == subject
            && hold.Act == held.Proposal.Reason.Code && hold.Guard == held.Guard.Code)?.Since;
        return new HeldView(
            subject, held.Proposal.Reason.Code, held.Guard.Code, held.Guard.Message, ReleasedBy(held.Guard.Code),
            At(since));
    }

    private HoldView Hold(HoldSpan span) => new(
        span.Subject, span.Act, span.Guard, span.Message, Moment.Of(span.Since, Wall), At(span.Until),
        Math.Max(0, Math.Round(((span.Until ?? Wall) - span.Since).TotalSeconds, 3)), ReleasedBy(span.Guard));

    private static string ReleasedBy(string guard) =>
        Core.Round.Guards.FirstOrDefault(each => NameOf(each) == guard)?.ReleasedBy ?? "its reason being gone";

    private ImmutableArray<EventView> Between(string[] subjects, DateTimeOffset from, DateTimeOffset? to) =>
    [
        .. Told().Where(told => told.At >= from && told.At <= (to ?? DateTimeOffset.MaxValue)
                && subjects.Contains(told.Subject))
            .TakeLast(MostEvents).Select(Event),
    ];

    private IncidentInstanceView Way(Incident incident, InstanceName name, InstanceRecovery way) => new(
        name.Value, way.From?.Value, way.To?.Value,
        Cluster.Ledger.Instances.GetValueOrDefault(name)?.Highest.Value ?? 0,
        Outcome(way), Phases(IncidentPhases.Of(incident, way)))
    {
        Kept = way.Kept is { } kept ? [.. kept.Split('\n')] : [],
        NotKept = way.NotKept,
    };

    private static string PhaseOf(Incident incident) => incident switch
    {
        { Open: false } => "closed",
        { Kind: IncidentKind.NodeFailed or IncidentKind.NodeCutOff, ProvenAt: null } => "fencing",
        { Kind: IncidentKind.NodeWillFail } when incident.Instances.Values.All(way => way.Done) => "watched",
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

    private static PhasesView Phases(IncidentPhases phases) => new()
    {
        DetectSeconds = phases.Detect,
        DecideSeconds = phases.Decide,
        FenceSeconds = phases.Fence,
        PlaceSeconds = phases.Place,
        StartSeconds = phases.Start,
        GuestReadySeconds = phases.GuestReady,
        TotalSeconds = phases.Total,
    };

    private static IncidentPhases Longest(RackFailure failure)
    {
        var all = failure.Parts.Select(IncidentPhases.Of).ToList();
        return new IncidentPhases(
            all.Max(p => p.Detect), all.Max(p => p.Decide), all.Max(p => p.Fence), all.Max(p => p.Place),
            all.Max(p => p.Start), all.Max(p => p.GuestReady), all.Max(p => p.Total));
    }
}
