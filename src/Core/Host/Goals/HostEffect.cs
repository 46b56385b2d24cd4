using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Host.Goals;

/// <summary>
/// What the agent wants done. Each is carried out beside the loop and its outcome comes back as an input.
/// </summary>
public abstract record HostEffect
{
    /// <summary>Write the ledger, synced; answered by LedgerKept or LedgerNotKept. One at a time, in order.</summary>
    public sealed record Keep(HostLedger Ledger) : HostEffect;

    /// <summary>Tell the warden the goal's floors and policies; answered by FloorsTold or FloorsNotTold.</summary>
    public sealed record TellFloors(Goal Goal) : HostEffect;

    /// <summary>Ask the permit, then make the process held; answered by StartDone.</summary>
    public sealed record Start(SeatGoal Seat) : HostEffect;

    /// <summary>Ask the warden to let the vCPUs run; answered by ReleaseDone.</summary>
    public sealed record Release(InstanceName Instance, Generation Generation) : HostEffect;

    /// <summary>Take up a process that was found; answered by AdoptDone.</summary>
    public sealed record Adopt(FoundProcess Found) : HostEffect;

    /// <summary>
    /// Tell a machine that was taken up before its seat was known, and the guest in it, what it is, or what its load
    /// balancer sees of it; not answered.
    /// </summary>
    public sealed record Introduce(SeatGoal Seat) : HostEffect;

    public sealed record AskShutdown(InstanceName Instance, Generation Generation, TimeSpan Grace) : HostEffect;

    /// <summary>
    /// Keep evidence if an incident is named, have the warden kill and verify, then clean up; answered by EndDone.
    /// </summary>
    public sealed record End(InstanceName Instance, Generation Generation, string? EvidenceFor) : HostEffect
    {
        /// <summary>How long to try to dump the guest's memory before that; null: not at all.</summary>
        public TimeSpan? DumpWithin { get; init; }
    }

    /// <summary>Keep evidence of an incident of a machine that goes on; answered by EvidenceKept.</summary>
    public sealed record KeepEvidence(InstanceName Instance, Generation Generation, string Incident) : HostEffect;

    /// <summary>Read the guest's counters; answered by IoRead.</summary>
    public sealed record ReadIo(InstanceName Instance, Generation Generation) : HostEffect;

    /// <summary>Look whether any lock would refuse these starts now; answered by LocksProbed.</summary>
    public sealed record ProbeLocks(ImmutableArray<LockWatch> Watches) : HostEffect;

    /// <summary>Try whether new data beside these disks is taken now; answered by RoomProbed.</summary>
    public sealed record ProbeRoom(
        InstanceName Instance, Generation Generation, ImmutableArray<DiskDefinition> Disks) : HostEffect;

    /// <summary>Measure what every machine uses; answered by UsesRead.</summary>
    public sealed record ReadUses : HostEffect;

    /// <summary>Tell the controllers at once what was just seen of the heartbeats they asked about.</summary>
    public sealed record TellSightings(ImmutableArray<DatastoreSighting> Sightings) : HostEffect;

    /// <summary>Read the datastores closely until then.</summary>
    public sealed record LookClosely(Instant Until) : HostEffect;

    /// <summary>Ask guests of another node on their own network; answered by GuestsAnswered.</summary>
    public sealed record AskGuests(NodeName Node, ImmutableArray<GuestCard> Cards) : HostEffect;

    /// <summary>Tell the controllers at once which guests answered.</summary>
    public sealed record TellGuests(ImmutableArray<GuestAnswer> Answers) : HostEffect;

    /// <summary>Ask for another node at its address; answered by NodeAnswered.</summary>
    public sealed record AskNode(NodeName Node, string Address) : HostEffect;

    /// <summary>Tell the controllers at once that it answered.</summary>
    public sealed record TellReached(NodeName Node) : HostEffect;

    /// <summary>Look at the machine itself, at rest beside what runs; answered by DiagnosisDone.</summary>
    public sealed record Diagnose(DiagnosisOrder Order) : HostEffect;

    /// <summary>One line for the log.</summary>
    public sealed record Tell(Reason Reason) : HostEffect;
}

/// <summary>The agent's numbers.</summary>
public sealed record HostSettings
{
    public required string Cluster { get; init; }

    /// <summary>Machines that may be on their way from permit to release at one time; 1 to 64.</summary>
    public int StartLimit { get; init; } = 4;

    /// <summary>Time between two tries of what the warden or a monitor refused.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time between two tries to go on after a disk error, and to reach a silent monitor.</summary>
    public TimeSpan SlowRetry { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait between two starts that failed; the wait doubles from <see cref="Retry"/>.</summary>
    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Incidents kept for the controller; the oldest goes first.</summary>
    public int IncidentsKept { get; init; } = 64;

    public NodeCapacity Capacity { get; init; } = new();
}
