using System.Collections.Immutable;
using Havm.Core.Accounting;
using Havm.Model;

namespace Havm.Core.Records;

/// <summary>One failure from its first sign until everything it touched is ready again.</summary>
public sealed record Incident
{
    /// <summary>"inc-000042": grows, never reused.</summary>
    public required string Id { get; init; }

    public required IncidentKind Kind { get; init; }

    /// <summary>The node or instance that failed.</summary>
    public required string Subject { get; init; }

    /// <summary>
    /// "node/id" of what a host told, so that it is taken once; null for what the controller saw itself.
    /// </summary>
    public string? HostIncident { get; init; }

    /// <summary>
    /// The boot that spoke though it was proven dead, so that people are told once per boot; null otherwise.
    /// </summary>
    public BootId? Ghost { get; init; }

    /// <summary>The datastore whose path from the node was lost; null in all other kinds.</summary>
    public string? Datastore { get; init; }

    /// <summary>
    /// The incident that this one came of: the failure is counted there, and not a second time here; null: none.
    /// </summary>
    public string? Cause { get; init; }

    /// <summary>What was decided and on what evidence.</summary>
    public required Reason Decision { get; init; }

    /// <summary>Who decided it: the life of the controller that led; null where a host did, in place.</summary>
    public string? Leader { get; init; }

    /// <summary>The term in which that was; null where a host decided.</summary>
    public Epoch? Epoch { get; init; }

    /// <summary>
    /// The layer that failed, as it was counted when it closed; null before: then its kind and its neighbours say it.
    /// </summary>
    public Layer? Layer { get; init; }

    /// <summary>What guards held back of it, oldest first; the newest <see cref="HoldSpan.Kept"/>.</summary>
    public ImmutableArray<HoldSpan> Held { get; init; } = [];

    /// <summary>How death was proven; null before, or where none was needed.</summary>
    public Reason? Proof { get; init; }

    /// <summary>Last moment the subject was known well. UTC, like all times here.</summary>
    public DateTimeOffset? LastWell { get; init; }

    public DateTimeOffset DetectedAt { get; init; }

    public DateTimeOffset DecidedAt { get; init; }

    /// <summary>When the power-off was ordered; null when evidence alone proved it, or nothing was fenced.</summary>
    public DateTimeOffset? FencedAt { get; init; }

    public DateTimeOffset? ProvenAt { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>What became of it; set when it closes.</summary>
    public string? Outcome { get; init; }

    public ImmutableSortedDictionary<InstanceName, InstanceRecovery> Instances { get; init; } =
        ImmutableSortedDictionary<InstanceName, InstanceRecovery>.Empty;

    public bool Open => ClosedAt is null;

    /// <summary>Whether <see cref="Subject"/> names a node; else it names an instance.</summary>
    public bool IsAboutNode => Kind is IncidentKind.NodeFailed or IncidentKind.NodeCutOff or IncidentKind.NodeRebooted
        or IncidentKind.AgentDown or IncidentKind.DeadNodeSpoke
        or IncidentKind.CopyFound or IncidentKind.StoragePathLost or IncidentKind.NodeWillFail;

    /// <summary>
    /// Whether what it touches sits on a node that goes on, and leaves it or gets well there: nothing of it is freed
    /// by a proof of that node's death.
    /// </summary>
    public bool LeavesNodeAlive => Kind is IncidentKind.StoragePathLost or IncidentKind.NodeWillFail;
}

public enum IncidentKind
{
    /// <summary>A node fell silent, and so did all evidence of it: it is fenced.</summary>
    NodeFailed,

    /// <summary>A node lives, by its datastore heartbeat, and no network reaches it.</summary>
    NodeCutOff,

    /// <summary>
    /// A node spoke from a new boot before anybody had judged its silence; what it ran starts there again.
    /// </summary>
    NodeRebooted,

    /// <summary>
    /// A node's warden is heard and its agent is not, or tells old news: what runs there runs on unwatched.
    /// </summary>
    AgentDown,

    /// <summary>
    /// The program in a guest ended or was ill: its guest agent restarts it, and gives it up at the limit of restarts.
    /// </summary>
    RoleFailure,

    /// <summary>QEMU ended without an order.</summary>
    MachineExit,

    /// <summary>The guest's kernel panicked.</summary>
    GuestPanic,

    /// <summary>The guest went silent and idle for the wait, or its own watchdog fired.</summary>
    GuestHang,

    /// <summary>The guest shut itself down though it is wanted running.</summary>
    GuestShutdown,

    /// <summary>
    /// A disk that the machine had open was gone or refused all flushes, though its datastore is well.
    /// </summary>
    DiskHandleLost,

    /// <summary>The machine could not be started.</summary>
    StartFailure,

    /// <summary>The lease ran out, and the isolation policy ended or paused it.</summary>
    LeaseEnd,

    /// <summary>A boot that was proven dead has spoken: a fence lied.</summary>
    DeadNodeSpoke,

    /// <summary>A machine runs on a node that has no seat for it, and may run elsewhere too.</summary>
    CopyFound,

    /// <summary>An instance does not answer its load balancer although its guest says that it is well.</summary>
    EndpointDown,

    /// <summary>A node that speaks does not reach a datastore, and instances there are held or stand still.</summary>
    StoragePathLost,

    /// <summary>The sensors of a node say that it will likely fail.</summary>
    NodeWillFail,
}

/// <summary>What a guard held back, and for how long.</summary>
/// <param name="Subject">What would have been done to whom: "Node/n1" or "Instance/web-0".</param>
/// <param name="Act">The code of the reason for it.</param>
/// <param name="Guard">The guard's word.</param>
/// <param name="Message">Why it held, as it said when it began.</param>
/// <param name="Since">UTC.</param>
/// <param name="Until">UTC; null while it holds.</param>
public sealed record HoldSpan(
    string Subject, string Act, string Guard, string Message, DateTimeOffset Since, DateTimeOffset? Until)
{
    /// <summary>So many of one incident are kept.</summary>
    public const int Kept = 20;
}

/// <summary>
/// One instance's way back. Times are UTC on the controller's clock; for repair in place, on the host's.
/// </summary>
public sealed record InstanceRecovery
{
    public NodeName? From { get; init; }

    public NodeName? To { get; init; }

    /// <summary>When it was hurt, where that was later than the failure itself; null: with it.</summary>
    public DateTimeOffset? HurtAt { get; init; }

    public DateTimeOffset? FreedAt { get; init; }

    public DateTimeOffset? PlacedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? ReadyAt { get; init; }

    /// <summary>
    /// Files that its host kept before it started anew, one path a line; null: none. A text, so that two reports of
    /// the same are equal.
    /// </summary>
    public string? Kept { get; init; }

    /// <summary>Why a dump of the guest that was asked for is not among them; null: it is, or none was.</summary>
    public string? NotKept { get; init; }

    /// <summary>What ended it other than being ready: stopped by order, deleted.</summary>
    public string? Ended { get; init; }

    public bool Done => ReadyAt is not null || Ended is not null;
}
