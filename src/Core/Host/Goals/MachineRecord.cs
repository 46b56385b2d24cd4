using Havm.Core.Host.Watch;
using Havm.Model;

namespace Havm.Core.Host.Goals;

/// <summary>One machine under the agent's hand, at one generation.</summary>
internal sealed class MachineRecord(InstanceName instance, Generation generation)
{
    public InstanceName Instance { get; } = instance;

    public Generation Generation { get; } = generation;

    public MachineStep Step { get; set; } = MachineStep.Idle;

    /// <summary>When the step was reached.</summary>
    public Instant Since { get; set; } = Instant.Origin;

    /// <summary>When it was last verified that nothing is left; a search that began before knows less.</summary>
    public Instant ProvenGone { get; set; } = Instant.Origin;

    /// <summary>The next try of whatever the step asks for is not before this.</summary>
    public Instant NotBefore { get; set; } = Instant.Origin;

    /// <summary>Something for this machine is under way and will answer.</summary>
    public bool Busy { get; set; }

    public int Pid { get; set; }

    public FoundProcess? Found { get; set; }

    /// <summary>Since when its monitor has not answered; null while it does.</summary>
    public Instant? UnreachableSince { get; set; }

    public GuestSigns Signs { get; set; } = new();

    /// <summary>What its guest may still say at once.</summary>
    public GuestWordBudget Words { get; set; }

    /// <summary>What its guest said last of being ready, and does not count yet; null: nothing waits.</summary>
    public MachineSign? ReadyWord { get; set; }

    /// <summary>The same of asking what is planned with it.</summary>
    public MachineSign? NoticeWord { get; set; }

    public bool ReadingIo { get; set; }

    /// <summary>The last lines that its program wrote in this start, as they are told; null: none are known.</summary>
    public string? Log { get; set; }

    /// <summary>They have changed since they were told.</summary>
    public bool HasLogNews { get; set; }

    /// <summary>Its memory was to be dumped in this start, whatever came of it.</summary>
    public bool DumpTried { get; set; }

    /// <summary>Since when counters were asked for and never came; null: the last ones came.</summary>
    public Instant? IoAskedAt { get; set; }

    /// <summary>Its last start met a disk that another process has locked.</summary>
    public bool DiskLocked { get; set; }

    /// <summary>That lock was seen held since.</summary>
    public bool LockSeen { get; set; }

    /// <summary>vCPUs are held because a disk failed.</summary>
    public bool DiskFailed { get; set; }

    /// <summary>Held for a dump by a life of the agent that has ended: let go on, it is judged anew.</summary>
    public bool HeldForDump { get; set; }

    /// <summary>When a disk error was last seen to hold it; null: never in this start.</summary>
    public Instant? DiskFailedAt { get; set; }

    /// <summary>Which disk error was met last: <see cref="MachineSignKind.IoError"/> or one of its like.</summary>
    public MachineSignKind DiskError { get; set; } = MachineSignKind.IoError;

    /// <summary>When it was last let run, as its monitor said.</summary>
    public Instant RanAt { get; set; }

    /// <summary>Since when a disk error holds it though all its datastores answer; null: not so.</summary>
    public Instant? HeldThoughReachedSince
    {
        get;
        set => (field, RoomSince) = (value, value is null ? null : RoomSince);
    }

    /// <summary>Since when that is so though there is room for what it writes; null: none was seen.</summary>
    public Instant? RoomSince { get; set; }

    /// <summary>When it was last asked whether there is room; null: never.</summary>
    public Instant? RoomAskedAt { get; set; }

    public bool ProbingRoom { get; set; }

    /// <summary>Its datastore was out of this node's reach since that began: the disk itself is well.</summary>
    public bool PathFailed { get; set; }

    /// <summary>Since when a disk error holds it, or its datastore hangs, as seen first; null: neither.</summary>
    public Instant? StorageLostSince { get; set; }

    /// <summary>The same by the node's wall clock, as that was when it was seen first.</summary>
    public DateTimeOffset? StorageLostAt { get; set; }

    /// <summary>When its storage was last found again; the beginning of time: it was never lost.</summary>
    public Instant StorageFoundAt { get; set; }

    /// <summary>Its guest's watchdog fired while its storage was lost; null: not so, or that is settled.</summary>
    public GuestTrouble? Bite { get; set; }

    /// <summary>That has been so for as long as its limits allow.</summary>
    public bool StorageLost { get; set; }

    /// <summary>The warden holds its vCPUs, and an incident says so.</summary>
    public bool PausedByLease { get; set; }

    /// <summary>Its process ended before the start was over.</summary>
    public bool ExitedEarly { get; set; }

    public RepairBudget Budget { get; set; } = RepairBudget.Unspent;

    /// <summary>What went wrong and is being repaired; null while nothing is.</summary>
    public GuestTrouble? Trouble { get; set; }

    /// <summary>Trouble that was seen while automation is disarmed; null: none that still stands.</summary>
    public GuestTrouble? Withheld { get; set; }

    /// <summary>The trouble's repair was decided; an exit is decided only once its cause is known.</summary>
    public bool Decided { get; set; }

    /// <summary>Once it is verified gone it is handed back instead of started.</summary>
    public bool GivingUp { get; set; }

    /// <summary>The notice on which its guest shut down; null: not so in this start.</summary>
    public string? WentFor { get; set; }

    /// <summary>When that was.</summary>
    public Instant WentAt { get; set; }

    public string? IncidentId { get; set; }

    /// <summary>Its open incident is of the program in its guest, which the guest agent restarts by itself.</summary>
    public bool RoleIncident { get; set; }

    /// <summary>Since when that program is ready again; null: it is not, or never failed.</summary>
    public Instant? RoleReadySince { get; set; }

    /// <summary>The same by the wall clock.</summary>
    public DateTimeOffset? RoleReadyAt { get; set; }

    public int StartFailures { get; set; }

    public long RestartOrder { get; set; }

    /// <summary>What its guest was last told of its role, its endpoint and what is planned with it.</summary>
    public GuestWord Told { get; set; } = GuestWord.Nothing;

    /// <summary>It was measured, or is being, since its vCPUs run.</summary>
    public bool UseAsked { get; set; }

    /// <summary>What it was last told to use; null before it was measured.</summary>
    public MachineUse? Use { get; set; }

    public Reason? Reason { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? ReadyAt { get; set; }

    /// <summary>A process is there or may be: anything but a verified absence.</summary>
    public bool MayHaveProcess => Step is not (MachineStep.Idle or MachineStep.GaveUp);

    public MachinePhase Phase(bool wantedRunning) => Step switch
    {
        MachineStep.Idle => wantedRunning ? MachinePhase.Starting : MachinePhase.Stopped,
        MachineStep.Starting or MachineStep.Held or MachineStep.Releasing => MachinePhase.Starting,
        MachineStep.Up => Signs.Held ? MachinePhase.Paused : Signs.Ready ? MachinePhase.Ready : MachinePhase.Running,
        MachineStep.Adopting or MachineStep.Unreachable => MachinePhase.Running,
        MachineStep.Stopping or MachineStep.Ending => MachinePhase.Stopping,
        MachineStep.GaveUp => MachinePhase.GaveUp,
    };
}

/// <summary>What a guest is told that may change while it runs.</summary>
/// <param name="RoleRestarts">The newest order to restart its role.</param>
/// <param name="Trouble">What its load balancer's probe met; null: it is answered, or nobody asks.</param>
/// <param name="Notice">The id of what is planned with it; null: nothing.</param>
internal sealed record GuestWord(long RoleRestarts, string? Trouble, string? Notice)
{
    public static readonly GuestWord Nothing = new(0, null, null);

    public static GuestWord Of(SeatGoal? seat) =>
        seat is null ? Nothing : new GuestWord(seat.RoleRestarts, seat.EndpointTrouble, seat.Notice?.Id);
}
