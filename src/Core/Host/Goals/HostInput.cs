using System.Collections.Immutable;
using Havm.Core.Host.Watch;
using Havm.Model;

namespace Havm.Core.Host.Goals;

/// <summary>When something is looked at: the clock that decides, and the one people read.</summary>
public readonly record struct Moment(Instant Now, DateTimeOffset Wall);

/// <summary>What the agent must still know after its own crash. Written whole and atomically, synced to disk.</summary>
public sealed record HostLedger(LeaderSeen Highest, Goal? Goal)
{
    /// <summary>When the goal was taken, UTC by this node; null: by it no guest is busy or told of a plan.</summary>
    public DateTimeOffset? GoalTakenAt { get; init; }

    public static readonly HostLedger Empty = new(LeaderSeen.None, null);
}

/// <summary>A process that was found by cgroup and pid.</summary>
/// <param name="Seat">What its seat file says; null without one.</param>
public sealed record FoundProcess(
    InstanceName Instance, Generation Generation, int Pid, SeatGoal? Seat, bool MonitorAnswers);

/// <summary>What one machine was measured to use.</summary>
public sealed record MeasuredUse(InstanceName Instance, Generation Generation, MachineUse Use);

/// <summary>A fact for the agent.</summary>
public abstract record HostInput
{
    /// <summary>Time passed; comes each second or more often.</summary>
    public sealed record Tick : HostInput;

    /// <summary>A controller spoke; <paramref name="ReportVersion"/> is the report it holds.</summary>
    public sealed record ControllerSpoke(
        string Cluster, string Controller, Epoch Epoch, long ReportVersion, Goal? Goal, string? Refused) : HostInput;

    /// <summary>A controller asks how a silent node's datastore heartbeat looks.</summary>
    public sealed record HeartbeatAsked(NodeName Node, bool Closely) : HostInput;

    /// <summary>A controller asks which guests of a silent node answer on their own network.</summary>
    public sealed record GuestsAsked(NodeName Node, ImmutableArray<GuestCard> Cards) : HostInput;

    /// <summary>They were asked, and these answered.</summary>
    public sealed record GuestsAnswered(NodeName Node, ImmutableArray<InstanceName> Guests) : HostInput;

    /// <summary>A controller asks whether a silent node answers at its address.</summary>
    public sealed record NodeAsked(NodeName Node, string Address) : HostInput;

    /// <summary>It was asked for, and answered or not.</summary>
    public sealed record NodeAnswered(NodeName Node, bool Answers) : HostInput;

    public sealed record LedgerKept(HostLedger Ledger) : HostInput;

    public sealed record LedgerNotKept(string Why) : HostInput;

    /// <summary>The warden has made the floors and policies of this goal durable.</summary>
    public sealed record FloorsTold(Epoch Epoch, long Revision) : HostInput;

    public sealed record FloorsNotTold(string Why) : HostInput;

    /// <summary>The warden's own picture of the seats.</summary>
    public sealed record WardenHeard(ImmutableArray<WardenView> Seats, TimeSpan? LeaseAge) : HostInput;

    /// <summary>The warden does not answer: nothing is permitted, nothing can be proven gone.</summary>
    public sealed record WardenSilent(string Why) : HostInput;

    /// <summary>Everything found on the node by a search that began at <paramref name="Began"/>.</summary>
    public sealed record InventoryTaken(Instant Began, bool Complete, ImmutableArray<FoundProcess> Found) : HostInput;

    /// <summary>
    /// A start is over. Not made and not permitted differ: only the first may have left something behind.
    /// </summary>
    public sealed record StartDone(
        InstanceName Instance, Generation Generation, StartOutcome Outcome, int Pid, Reason? Reason) : HostInput;

    public sealed record ReleaseDone(InstanceName Instance, Generation Generation, bool Granted, Reason? Reason)
        : HostInput;

    public sealed record AdoptDone(InstanceName Instance, Generation Generation, bool Adopted, Reason? Reason)
        : HostInput;

    /// <summary>
    /// An end is over; verified says the warden found its cgroup empty, by lease that the lease's end did it.
    /// </summary>
    public sealed record EndDone(
        InstanceName Instance, Generation Generation, bool Verified, bool ByLease, Reason? Reason) : HostInput
    {
        /// <summary>Files that were kept as evidence, one path a line; null: none.</summary>
        public string? Kept { get; init; }

        /// <summary>Why a dump that was asked for is not among them; null: it is, or none was.</summary>
        public string? NotKept { get; init; }
    }

    /// <summary>What was kept of an incident, one path a line; null: nothing.</summary>
    public sealed record EvidenceKept(string Incident, string? Kept) : HostInput;

    public sealed record Signed(InstanceName Instance, Generation Generation, MachineSign Sign) : HostInput;

    /// <summary>The counters of a guest; null: they could not be read.</summary>
    public sealed record IoRead(InstanceName Instance, Generation Generation, long? DiskOperations, long NetworkBytes)
        : HostInput;

    /// <summary>Those of the starts asked about that no lock would refuse; of the others nothing is known.</summary>
    public sealed record LocksProbed(ImmutableArray<FreeLock> Free) : HostInput;

    /// <summary>Whether new data beside a machine's disks was taken; what could not be tried was not.</summary>
    public sealed record RoomProbed(InstanceName Instance, Generation Generation, bool HasRoom) : HostInput;

    /// <summary>
    /// What machines use, on average since they were measured last; those that could not be measured are left out.
    /// </summary>
    public sealed record UsesRead(ImmutableArray<MeasuredUse> Uses) : HostInput;

    /// <summary>What the agent sees of its node; comes each second.</summary>
    public sealed record NodeLooked(NodeLook Look) : HostInput;

    /// <summary>What its sensors say; comes every few seconds.</summary>
    public sealed record SensorsRead(ImmutableArray<SensorReading> Readings) : HostInput;

    /// <summary>What a diagnosis found.</summary>
    public sealed record DiagnosisDone(DiagnosisReport Report) : HostInput;

    public sealed record SightingsRead(ImmutableArray<DatastoreSighting> Sightings) : HostInput;
}

public enum StartOutcome
{
    Made,
    NotPermitted,
    NotMade,
}

/// <summary>A seat as the warden answers it.</summary>
/// <param name="NeverReleased">A permit was given and its vCPUs were never let run.</param>
/// <param name="HeldByLease">The warden holds its vCPUs until the lease is fresh.</param>
/// <param name="Ended">Nothing is left of it.</param>
/// <param name="ByLease">The lease's end caused that.</param>
public sealed record WardenView(
    InstanceName Instance, Generation Generation, bool NeverReleased, bool HeldByLease, bool Ended, bool ByLease);
