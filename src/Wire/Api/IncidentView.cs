using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Wire.Api;

/// <summary>Something that failed, from the first evidence to the last instance ready again.</summary>
public sealed record IncidentView
{
    public required string Id { get; init; }

    /// <summary>"nodeFailed", "guestPanic", "machineExit", ...: docs/reference/words.md has all.</summary>
    public required string Kind { get; init; }

    /// <summary>"Node/n1" or "Instance/web-0".</summary>
    public required string Subject { get; init; }

    public required Moment OpenedAt { get; init; }

    /// <summary>Null while anything is still to be done.</summary>
    public Moment? ClosedAt { get; init; }

    /// <summary>Where it stands, in one word: "fencing", "recovering", "closed".</summary>
    public required string Phase { get; init; }

    /// <summary>The row of the health ladder that failed, in one word: "node", "guest", ...</summary>
    public string Layer { get; init; } = "";

    /// <summary>Its number, 1 to 9; 0 when the controller does not say.</summary>
    public int Row { get; init; }

    /// <summary>What failed, where, when, how long and what it touched, in plain words.</summary>
    public string Headline { get; init; } = "";

    /// <summary>Who decided, and under which epoch; a host by itself has none.</summary>
    public string DecidedBy { get; init; } = "";

    /// <summary>The rack's incident that this one is a part of, or the one that it came of; null: none.</summary>
    public string? PartOf { get; init; }

    /// <summary>The nodes' incidents that this one, of a rack, is made of.</summary>
    public ImmutableArray<string> Parts { get; init => field = value.OrEmpty(); } = [];

    public IncidentTimesView? Times { get; init; }

    /// <summary>The phases one after the other, as the whole incident went.</summary>
    public ImmutableArray<StageView> Stages { get; init => field = value.OrEmpty(); } = [];

    /// <summary>What became of it; null while it is open.</summary>
    public string? Outcome { get; init; }

    public ImmutableArray<Evidence> Evidence { get; init => field = value.OrEmpty(); } = [];

    /// <summary>What was concluded or done, and why.</summary>
    public required Reason Decision { get; init; }

    public ProofView? Proof { get; init; }

    /// <summary>The longest of each phase over all instances; the whole of it when there is but one.</summary>
    public required PhasesView Phases { get; init; }

    public ImmutableArray<IncidentInstanceView> Instances { get; init => field = value.OrEmpty(); } = [];

    /// <summary>What guards or missing proofs hold now, and what would release it.</summary>
    public ImmutableArray<HeldView> Held { get; init => field = value.OrEmpty(); } = [];

    /// <summary>What guards held in the course of it, oldest first, the newest 20.</summary>
    public ImmutableArray<HoldView> Holds { get; init => field = value.OrEmpty(); } = [];

    /// <summary>What happened to what it touched, oldest first; only when it is asked for by its id.</summary>
    public ImmutableArray<EventView> Events { get; init => field = value.OrEmpty(); } = [];

    /// <summary>What a person can do now.</summary>
    public ImmutableArray<string> Advice { get; init => field = value.OrEmpty(); } = [];

    /// <summary>The newest fact behind this view.</summary>
    public Moment? Confirmed { get; init; }
}

/// <summary>The moments of an incident; null: not reached, or not needed.</summary>
/// <param name="LastWell">Last moment the subject was known well.</param>
/// <param name="Fenced">When the power-off was ordered.</param>
public sealed record IncidentTimesView(
    Moment? LastWell, Moment Detected, Moment Decided, Moment? Fenced, Moment? Proven);

/// <summary>One phase of a repair, with what it took beyond the one before it.</summary>
/// <param name="Phase">"detect", "decide", "fence", "place", "start", "ready".</param>
public sealed record StageView(string Phase, double Seconds);

/// <summary>Something that a guard held back, or holds.</summary>
/// <param name="Subject">"Node/n1" or "Instance/web-0".</param>
/// <param name="Act">What would have been done.</param>
/// <param name="Guard">Who held it.</param>
/// <param name="Message">Why, when it began.</param>
/// <param name="Until">Null while it holds.</param>
/// <param name="Seconds">For how long, so far.</param>
/// <param name="ReleasedBy">What releases what this guard holds.</param>
public sealed record HoldView(
    string Subject, string Act, string Guard, string Message, Moment Since, Moment? Until, double Seconds,
    string ReleasedBy);

/// <summary>The evidence on which something counts as surely not running.</summary>
/// <param name="Method">"provenByReport", "provenByPower" and so on: docs/reference/words.md has all.</param>
public sealed record ProofView(string Method, string Message, Moment At);

/// <summary>
/// Seconds that each part of a repair took, measured on the controller's clock; null: not reached or not needed.
/// </summary>
public sealed record PhasesView
{
    /// <summary>From the failure, or the last sign of life, to the verdict.</summary>
    public double? DetectSeconds { get; init; }

    public double? DecideSeconds { get; init; }

    /// <summary>From the fence order to the proof of death.</summary>
    public double? FenceSeconds { get; init; }

    public double? PlaceSeconds { get; init; }

    /// <summary>From the seat to running vCPUs.</summary>
    public double? StartSeconds { get; init; }

    /// <summary>From running vCPUs to the guest's first readiness.</summary>
    public double? GuestReadySeconds { get; init; }

    /// <summary>From the failure to ready again.</summary>
    public double? TotalSeconds { get; init; }
}

/// <summary>What an incident meant for one instance.</summary>
/// <param name="From">The node it was on.</param>
/// <param name="To">The node it went to; null while it waits.</param>
/// <param name="Outcome">"waiting", "starting", "ready", "failed", "leftRunning".</param>
public sealed record IncidentInstanceView(
    string Instance, string? From, string? To, long Generation, string Outcome, PhasesView Phases)
{
    /// <summary>Files that its host kept of it, with their paths on that node.</summary>
    public ImmutableArray<string> Kept { get; init => field = value.OrEmpty(); } = [];

    /// <summary>Why a dump of the guest that was asked for is not among them; null: it is, or none was.</summary>
    public string? NotKept { get; init; }
}

/// <summary>An act that was proposed and is not done.</summary>
/// <param name="Subject">"Node/n1" or "Instance/web-0".</param>
/// <param name="Act">What would be done, "fence n1".</param>
/// <param name="Guard">Who holds it: "partition", "fenceRate", "disruption", "settling", "proof".</param>
/// <param name="Message">Why, with the figures.</param>
/// <param name="ReleasedBy">What would let it pass.</param>
/// <param name="Since">Since when it is kept back; null when that is not on record.</param>
public sealed record HeldView(
    string Subject, string Act, string Guard, string Message, string ReleasedBy, Moment? Since);

/// <summary>One line of the history. The sequence is never reused and has no gaps.</summary>
/// <param name="Name">In camelCase: "nodeSuspect", "seatGiven", ...</param>
/// <param name="Object">"Node/n1".</param>
/// <param name="Reason">Who decided and why; null for what merely happened.</param>
/// <param name="Incident">Id of the incident it belongs to.</param>
public sealed record EventView(
    long Sequence, Moment At, string Name, string Object, string Message, Reason? Reason, string? Incident);
