using System.Collections.Immutable;

namespace Havm.Model;

/// <summary>
/// What is on a node, as its agent found it. Whole, never a difference: half an inventory proves nothing.
/// </summary>
public sealed record NodeReport
{
    /// <summary>Grows with every change, within one life of the agent.</summary>
    public required long Version { get; init; }

    /// <summary>The newest goal that the agent has made durable, floors included.</summary>
    public Epoch GoalEpoch { get; init; }

    public long GoalRevision { get; init; }

    /// <summary>The word on automation in that goal, durable at agent and warden; null: it had none.</summary>
    public Automation? Automation { get; init; }

    /// <summary>
    /// True when every QEMU of this node was found by cgroup and pid, also those that QMP cannot reach. Only a
    /// complete inventory can prove that something is absent.
    /// </summary>
    public required bool InventoryComplete { get; init; }

    public ImmutableArray<InstanceReport> Instances { get; init; } = [];

    /// <summary>The durable floors, so that the controller can see them raised.</summary>
    public ImmutableArray<GenerationFloor> Floors { get; init; } = [];

    public NodeCapacity Capacity { get; init; } = new();

    /// <summary>
    /// Of the starts that its goal has it watch: those that no lock would refuse now, by instance name.
    /// </summary>
    public ImmutableArray<FreeLock> FreeLocks { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>What the node finds wrong with itself, by kind and then by what it is about.</summary>
    public ImmutableArray<NodeAilment> Ailments { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>What its sensors say that is not as it should be, by kind and then by what they are about.</summary>
    public ImmutableArray<WearReading> Wear { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The answer to the diagnosis that the goal asks for; null: there is none yet.</summary>
    public DiagnosisReport? Diagnosis { get; init; }

    /// <summary>What the host did by itself since the controller last answered, oldest first; bounded to 64.</summary>
    public ImmutableArray<HostIncident> Incidents { get; init; } = [];
}

/// <summary>One instance on a node.</summary>
public sealed record InstanceReport
{
    public required InstanceName Instance { get; init; }

    public required Generation Generation { get; init; }

    public required MachinePhase Phase { get; init; }

    public Reason? Reason { get; init; }

    /// <summary>Its last start met a disk that another process has locked: a copy may be alive elsewhere.</summary>
    public bool DiskLocked { get; init; }

    /// <summary>
    /// It has not reached a disk for as long as its limits allow: a disk error holds its vCPUs, or the datastore
    /// hangs. On this node it does nothing any more.
    /// </summary>
    public bool StorageLost { get; init; }

    /// <summary>
    /// A disk error holds its vCPUs, or did so within the last 10 s, and a datastore of its own was out of the node's
    /// reach meanwhile. Told at once, where <see cref="StorageLost"/> waits.
    /// </summary>
    public bool HeldByPath { get; init; }

    /// <summary>
    /// Since when one of these two is so, by the node's wall clock; for people, nothing is decided on it. Null: neither
    /// is, or its agent is of an earlier version.
    /// </summary>
    public DateTimeOffset? HurtAt { get; init; }

    /// <summary>Process id of QEMU on the node; 0 when there is none.</summary>
    public int Pid { get; init; }

    /// <summary>Wall-clock times on the node, for people and phases; nothing is decided on them.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? ReadyAt { get; init; }

    /// <summary>Resets in place within the window.</summary>
    public int Resets { get; init; }

    /// <summary>What it was last measured to use, in steps; null where the hypervisor does not say.</summary>
    public MachineUse? Use { get; init; }

    /// <summary>Starts that failed in a row; above 0 in one that gave up, starting is what failed.</summary>
    public int StartFailures { get; init; }

    /// <summary>
    /// Whether its guest has asked within a day what is planned with it; null: its guest agent has not said.
    /// </summary>
    public bool? ReadsNotices { get; init; }

    /// <summary>The notice of which its guest says that it may begin; null: none.</summary>
    public string? Approved { get; init; }

    /// <summary>
    /// The last lines that its program wrote, bounded; null: none are known. A guest's own words: nothing is decided on
    /// them.
    /// </summary>
    public string? Log { get; init; }

    /// <summary>The last restart order carried out.</summary>
    public long RestartOrder { get; init; }
}

/// <summary>
/// Where a machine stands on its host. It moves forward; a new try at the same seat begins at Starting.
/// </summary>
public enum MachinePhase
{
    /// <summary>A seat was received; the process is being made or has not been released yet.</summary>
    Starting,

    /// <summary>vCPUs run; the guest has not said that it is ready.</summary>
    Running,

    /// <summary>The guest agent has said that it is ready.</summary>
    Ready,

    /// <summary>vCPUs are held: by lease policy, by an I/O error, or by a person.</summary>
    Paused,

    /// <summary>The guest was asked to shut down.</summary>
    Stopping,

    /// <summary>No process; stopped as wanted.</summary>
    Stopped,

    /// <summary>No process; the host may not or cannot start it again by itself and hands it back.</summary>
    GaveUp,
}

/// <summary>What a node can give to instances.</summary>
public sealed record NodeCapacity
{
    public int Cpus { get; init; }

    public Bytes Memory { get; init; }
}

/// <summary>How one node's datastore heartbeat looks from another.</summary>
/// <param name="Node">Whose heartbeat was read.</param>
/// <param name="Datastore">On which datastore.</param>
/// <param name="Boot">The boot id written in it.</param>
/// <param name="Sequence">
/// Milliseconds of the writer's own boot clock when it was written: grows with every write of one boot, whichever life
/// of its warden wrote it.
/// </param>
/// <param name="UnchangedFor">How long the sequence has stood still on the reader's own clock.</param>
/// <param name="ReaderHealthy">
/// True when the reader's own write and read work and another node's sequence advances on the same datastore.
/// </param>
public sealed record DatastoreSighting(
    NodeName Node, string Datastore, BootId Boot, long Sequence, TimeSpan UnchangedFor, bool ReaderHealthy)
{
    /// <summary>What the node wrote beside it of the network that it reaches; null: it does not tell.</summary>
    public NetworkReach? Reach { get; init; }
}

/// <summary>Something the host saw fail and acted on in place, with the times a person wants to know.</summary>
public sealed record HostIncident
{
    /// <summary>
    /// Unique for the node. One incident comes again with later times filled in; the controller keeps the newest per
    /// id.
    /// </summary>
    public required string Id { get; init; }

    public required InstanceName Instance { get; init; }

    public required Generation Generation { get; init; }

    public required HostIncidentKind Kind { get; init; }

    public required Reason Decision { get; init; }

    public DateTimeOffset DetectedAt { get; init; }

    public DateTimeOffset DecidedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? ReadyAt { get; init; }

    /// <summary>Files on the node that were kept of it, one path a line; null: none.</summary>
    public string? Kept { get; init; }

    /// <summary>Why a dump of the guest that was asked for is not among them; null: it is, or none was.</summary>
    public string? NotKept { get; init; }
}

public enum HostIncidentKind
{
    /// <summary>The program in the guest ended or was ill; its guest agent restarts it until it gives it up.</summary>
    RoleFailure,

    /// <summary>QEMU ended without an order.</summary>
    ProcessExit,

    /// <summary>The guest's kernel panicked.</summary>
    GuestPanic,

    /// <summary>The guest went silent and idle for the wait.</summary>
    GuestHang,

    /// <summary>The guest's own watchdog fired.</summary>
    GuestWatchdog,

    /// <summary>The guest shut itself down though it is wanted running.</summary>
    GuestShutdown,

    /// <summary>A disk that it had open was gone or refused all flushes, though its datastore is well.</summary>
    DiskHandleLost,

    /// <summary>The machine could not be started.</summary>
    StartFailure,

    /// <summary>The lease ran out and the isolation policy ended or paused it.</summary>
    LeaseEnd,
}
