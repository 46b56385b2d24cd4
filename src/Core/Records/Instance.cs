using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Havm.Model;

namespace Havm.Core.Records;

/// <summary>One VM under our care, and every seat of it that might still be alive.</summary>
public sealed record Instance
{
    public required InstanceName Name { get; init; }

    /// <summary>The object it was made from: a Service or a VirtualMachine.</summary>
    public required SpecKey Owner { get; init; }

    /// <summary>The role inside a Service; null for a VirtualMachine.</summary>
    public string? Role { get; init; }

    /// <summary>Number inside the role, from 0; the highest leaves first when the role shrinks.</summary>
    public int Index { get; init; }

    public required MachineDefinition Machine { get; init; }

    public string? AvailabilitySet { get; init; }

    public int UpdateDomain { get; init; }

    /// <summary>1 restarts first, 5 last.</summary>
    public int Priority { get; init; } = 3;

    /// <summary>What is to stand before it is started.</summary>
    public ImmutableArray<Dependency> DependsOn { get; init => field = value.IsDefault ? [] : value; } = [];

    public WantedState Wanted { get; init; } = WantedState.Running;

    /// <summary>True once its object is gone: it is stopped, proven stopped, and then forgotten.</summary>
    public bool Leaving { get; init; }

    /// <summary>The highest generation ever given out.</summary>
    public Generation Highest { get; init; }

    /// <summary>Where it may run now; null while it has no seat.</summary>
    public Seat? Seat { get; init; }

    /// <summary>Withdrawn seats without a proof of death. While any is left no new seat is given.</summary>
    public ImmutableArray<WithdrawnSeat> Unproven { get; init; } = [];

    /// <summary>
    /// What the running process was made with; null when <see cref="Machine"/> has not changed since.
    /// </summary>
    public StartedAs? StartedAs { get; init; }

    /// <summary>Where the disks lie of what may run now, as it was started or as it would be now.</summary>
    [JsonIgnore]
    public ImmutableArray<string> Datastores =>
    [
        .. Machine.Disks.Concat(StartedAs?.Machine.Disks ?? []).Select(d => d.File.Datastore).Distinct()
            .Order(StringComparer.Ordinal),
    ];

    public long RestartOrder { get; init; }

    /// <summary>Time its guest gets by the last order to stop, 0 s to 1 h; null: the usual 30 s.</summary>
    public TimeSpan? StopGrace { get; init; }

    /// <summary>What follows a start that failed: its object's word, or the cluster's.</summary>
    public RetryPolicy Retries { get; init; } = new();

    /// <summary>Failed tries since it was last ready; chooses the back-off and is zeroed by success or order.</summary>
    public FailedTries Failures { get; init; } = new();

    /// <summary>The open incident it recovers from; null when healthy.</summary>
    public string? Incident { get; init; }

    /// <summary>
    /// Where it could not be started last, kept beyond its recovery: automation does not send it there soon again.
    /// </summary>
    public FailedStart? FailedStart { get; init; }

    /// <summary>The cold move under way; null: none.</summary>
    public MoveNote? Move { get; init; }

    /// <summary>Whether it goes back to a node that its pins prefer, once that takes seats again.</summary>
    public bool Failback { get; init; }

    /// <summary>It leaves rotation first; what is planned with it comes after that. Null: it does not.</summary>
    public RotationExit? RotationExit { get; init; }

    /// <summary>
    /// Its guest is told first; what is planned with it comes after that. Null: it does not ask, or nothing is planned.
    /// </summary>
    public NoticeNote? Notice { get; init; }

    /// <summary>Its endpoint was found not to answer; null: nothing is known against it.</summary>
    public EndpointNote? Endpoint { get; init; }

    /// <summary>Grows with every order to restart the role in its guest; never falls.</summary>
    public long RoleRestarts { get; init; }

    /// <summary>Somebody outside works on it, and its silence is not judged meanwhile; null: nobody does.</summary>
    public BusyMark? Busy { get; init; }

    /// <summary>The node it was moved away from for maintenance, and goes back to; null: none.</summary>
    public NodeName? ReturnsTo { get; init; }

    /// <summary>Where it sat last, or is to sit first: the node that a start after a stop prefers.</summary>
    public NodeName? LastNode { get; init; }

    /// <summary>What comes first once its node is proven off: its object's word, or the cluster's.</summary>
    public RecoveryMode Recovery { get; init; } = RecoveryMode.RecoverFirst;

    /// <summary>The node that it waits for to come back, proven off as it is; null: none.</summary>
    public AwaitNote? Awaits { get; init; }

    /// <summary>
    /// Its start was due and waits, or has waited, for what it depends on; null: it has not, or is well since.
    /// </summary>
    public StartWait? StartWait { get; init; }

    /// <summary>What its node is told: who is on the move is shut down where it leaves.</summary>
    /// <remarks>Not before it has left rotation, and its guest has had its notice.</remarks>
    public WantedState WantedThere => RotationExit is not null || Notice is not null ? WantedState.Running
        : Move is not null && Seat?.Node == Move.From ? WantedState.Stopped
        : Wanted;

    /// <summary>The newest order to restart in place that its node is told of.</summary>
    public long RestartOrderThere => RestartWaits ? RestartOrder - 1 : RestartOrder;

    /// <summary>An order to restart it waits; another one meanwhile is the same one.</summary>
    [JsonIgnore]
    public bool RestartWaits => RotationExit is { Restart: true } || Notice is { Restart: true };
}

/// <summary>
/// An instance without a seat, whose node is powered on: it starts there when that is back, or else elsewhere.
/// </summary>
/// <param name="Node">The node, whose dead boot held its last seat.</param>
/// <param name="Until">When it starts elsewhere, UTC.</param>
/// <param name="Why">In words.</param>
public sealed record AwaitNote(NodeName Node, DateTimeOffset Until, Reason Why);

/// <summary>
/// A start that waits for what the instance depends on, and what it no longer waits for. It is kept through tries that
/// fail, so that nothing is waited for twice, and ends when the instance is well or its node is lost.
/// </summary>
/// <param name="Since">
/// When the start was due first, UTC as its leader counted (<see cref="Cluster.SteadyOf"/>).
/// </param>
public sealed record StartWait(DateTimeOffset Since)
{
    /// <summary>Targets whose time is over.</summary>
    public ImmutableArray<string> GivenUp { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>A person has ordered the start: nothing is waited for.</summary>
    public bool Ordered { get; init; }

    /// <summary>Whether this start waits for nothing more of it.</summary>
    public bool IsOver(Dependency dependency) => Ordered || GivenUp.Contains(dependency.Target);
}

/// <summary>Permission for one node to run one generation.</summary>
/// <param name="Node">Where.</param>
/// <param name="Generation">The fencing token.</param>
/// <param name="Why">Placement's reason, kept for `explain`.</param>
/// <param name="Since">When it was committed, UTC.</param>
/// <param name="Isolation">
/// The policy with the longest lease of all that this seat was ever given: its node may not have heard of a later one.
/// </param>
public sealed record Seat(
    NodeName Node, Generation Generation, Reason Why, DateTimeOffset Since, IsolationPolicy Isolation)
{
    /// <summary>
    /// Somebody else started what sits here: with which disks and by which policy is not known.
    /// </summary>
    public bool Adopted { get; init; }
}

/// <summary>A process, and the definition it was made with.</summary>
/// <param name="Generation">Its generation.</param>
/// <param name="StartedAt">When its node says it started; null when its agent has not seen that.</param>
/// <param name="Machine">What it was made with.</param>
public sealed record StartedAs(Generation Generation, DateTimeOffset? StartedAt, MachineDefinition Machine)
{
    /// <summary>
    /// Whether what a node reports now is still that process. An agent that was restarted no longer knows when its
    /// machines started; a start that it does see has its time told.
    /// </summary>
    public bool IsOf(Seat seat, DateTimeOffset? startedAt) =>
        Generation == seat.Generation && (startedAt is null || startedAt == StartedAt);
}

/// <summary>
/// A seat that was taken back. The node's goal at <paramref name="Revision"/> and later no longer holds it.
/// </summary>
/// <param name="Node">Where it was.</param>
/// <param name="Generation">Its generation.</param>
/// <param name="Boot">The node's boot when it was withdrawn.</param>
/// <param name="Epoch">The leader that withdrew it.</param>
/// <param name="Revision">The node's goal revision that first lacked it.</param>
/// <param name="Isolation">The seat's, as it was.</param>
/// <param name="Why">Why it was taken back.</param>
public sealed record WithdrawnSeat(
    NodeName Node, Generation Generation, BootId Boot, Epoch Epoch, long Revision, IsolationPolicy Isolation,
    Reason Why)
{
    /// <summary>Where all disks of the process lay; empty: it had none, or nobody knows.</summary>
    public ImmutableArray<string> Datastores { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <param name="Node">Where.</param>
/// <param name="At">When it was given up there, UTC.</param>
public sealed record FailedStart(NodeName Node, DateTimeOffset At);

/// <summary>How often starting or running went wrong beyond repair in place, and when the next try is due.</summary>
public sealed record FailedTries
{
    public int Count { get; init; }

    public NodeName? LastNode { get; init; }

    /// <summary>UTC; a deadline that must survive the controller. A wall clock set back only delays the try.</summary>
    public DateTimeOffset? NextTryAt { get; init; }

    public Reason? Why { get; init; }

    /// <summary>
    /// Its host gave it up after it had run: that it is ready once more says little before it has been so for a while.
    /// </summary>
    public bool HadStarted { get; init; }

    /// <summary>
    /// Nodes that are not tried in this round of tries: a start failed on them. Once it is given up, also those that
    /// could have taken it then: what is new after that is the cause that cleared.
    /// </summary>
    public ImmutableArray<NodeName> Tried { get; init; } = [];

    /// <summary>Its tries are used up; null while they are not.</summary>
    public GivenUp? GivenUp { get; init; }

    /// <summary>Rounds of tries that were used up since it was last ready.</summary>
    public int Rounds { get; init; }

    /// <summary>What refused the last start was a lock on its disks; null: it was something else.</summary>
    public LockRefusal? Refusal { get; init; }
}

/// <summary>Another process held a lock on an instance's disks when it was to start.</summary>
/// <param name="Node">Who watches that lock: the node that was refused, or another once that is not up.</param>
/// <param name="Generation">The seat that was refused.</param>
/// <param name="LookedAt">
/// When every node has looked through itself since, UTC: a copy that runs is known by then.
/// </param>
public sealed record LockRefusal(NodeName Node, Generation Generation, DateTimeOffset LookedAt);

/// <summary>The state `failed`: where and why every try to start failed.</summary>
/// <param name="Since">UTC.</param>
/// <param name="AgainAt">When all nodes are open to it again, UTC; null: never by time alone.</param>
public sealed record GivenUp(DateTimeOffset Since, DateTimeOffset? AgainAt, Reason Why);
