using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Havm.Model;

/// <summary>
/// What one node shall be running. It rides on replies to heartbeats of who does not hold it yet, always whole, always
/// committed; a repeated or re-ordered goal is harmless because (epoch, revision) only grows.
/// </summary>
public sealed record Goal
{
    public required Epoch Epoch { get; init; }

    /// <summary>Grows with every committed change to what this goal says.</summary>
    public required long Revision { get; init; }

    [JsonIgnore]
    public GoalVersion Version => new(Epoch, Revision);

    /// <summary>Seats this node holds, by instance name.</summary>
    public ImmutableArray<SeatGoal> Seats { get; init; } = [];

    /// <summary>The highest withdrawn generation per instance: nothing at or below may run here ever again.</summary>
    public ImmutableArray<GenerationFloor> Floors { get; init; } = [];

    /// <summary>Starts that a disk's lock refused on this node and that wait, by instance name.</summary>
    public ImmutableArray<LockWatch> Locks { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The node is to look at itself; null: nobody asks.</summary>
    public DiagnosisOrder? Diagnosis { get; init; }

    /// <summary>What the node may do by itself; null: no operator has ever said anything, so all.</summary>
    public Automation? Automation { get; init; }
}

/// <summary>
/// One goal of one node: two with the same version are the same, but for what is left of a <see cref="BusyWord"/> or of
/// a <see cref="GuestNotice"/>, and for locks that need no watching any more.
/// </summary>
public sealed record GoalVersion(Epoch Epoch, long Revision);

/// <summary>One seat: an instance at one generation, and what is wanted of it.</summary>
public sealed record SeatGoal
{
    /// <summary>What an order to stop that says nothing of it gives the guest.</summary>
    public static readonly TimeSpan UsualGrace = TimeSpan.FromSeconds(30);

    public static readonly TimeSpan LongestGrace = TimeSpan.FromHours(1);

    public required MachineDefinition Machine { get; init; }

    public required Generation Generation { get; init; }

    public required WantedState Wanted { get; init; }

    /// <summary>1 (first) to 5: which of those that are due together is started first.</summary>
    public int Priority { get; init; } = 3;

    /// <summary>Grows with every order to restart in place; the host restarts once per new number.</summary>
    public long RestartOrder { get; init; }

    /// <summary>Grows with every order to restart the role; the guest agent restarts it once per new number.</summary>
    public long RoleRestarts { get; init; }

    /// <summary>
    /// What the load balancer's probe met; null: the endpoint answers, or nobody asks it. The guest agent is told.
    /// </summary>
    public string? EndpointTrouble { get; init; }

    /// <summary>Somebody outside works on its guest, whose silence is no hang meanwhile; null: nobody does.</summary>
    public BusyWord? Busy { get; init; }

    /// <summary>What is planned with it, which its guest is told ahead; null: nothing.</summary>
    public GuestNotice? Notice { get; init; }

    /// <summary>Time the guest gets to shut down by itself before it is ended; 0 s to 1 h.</summary>
    public TimeSpan Grace { get; init; } = UsualGrace;
}

public enum WantedState
{
    Running,
    Stopped,

    /// <summary>People have it in their hands: it is looked at, never started, stopped, repaired or moved.</summary>
    Unmanaged,
}

/// <summary>
/// Generations at or below <paramref name="Generation"/> of this instance are withdrawn from the node.
/// </summary>
public sealed record GenerationFloor(InstanceName Instance, Generation Generation);
