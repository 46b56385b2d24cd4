using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Host.SelfFence;

/// <summary>A fact for the warden.</summary>
public abstract record WardenInput
{
    /// <summary>Time passed. Comes at least five times a second; deadlines are late by at most that.</summary>
    public sealed record Tick : WardenInput;

    /// <summary>
    /// What the cgroups hold, read just now. Instances with processes; those not named have none.
    /// </summary>
    /// <param name="Populated">Their names.</param>
    /// <param name="Found">What the seat files say of those that <see cref="WardenMachine.Knows"/> denies.</param>
    public sealed record CgroupsRead(
        ImmutableHashSet<InstanceName> Populated, ImmutableArray<SeatRecord> Found = default) : WardenInput;

    /// <summary>
    /// A controller spoke. <paramref name="Answers"/> is the sequence of the beat it answers, 0 for none; only with
    /// <paramref name="Lease"/> does it renew anything.
    /// </summary>
    public sealed record ControllerSpoke(
        string Cluster, string Controller, Epoch Epoch, long Answers, bool Lease, Goal? Goal, string? Refused,
        LongLeaseWord? LongLease = null) : WardenInput
    {
        /// <summary>The departure that the answered beat announced is on record.</summary>
        public bool Departs { get; init; }

        /// <summary>The newest event that the controller has on record; 0: it does not say.</summary>
        public long Event { get; init; }
    }

    /// <summary>The ledger of this version is on disk.</summary>
    public sealed record LedgerKept(long Version) : WardenInput;

    /// <summary>The ledger could not be written; it is tried again with the next beat.</summary>
    public sealed record LedgerNotKept(string Why) : WardenInput;

    /// <summary>A switch order is done, or the monitor did not answer in time.</summary>
    public sealed record SwitchDone(InstanceName Instance, Generation Generation, SwitchVerb Verb, bool Done)
        : WardenInput;

    /// <summary>A kill is done; not empty means that something survived SIGKILL so far.</summary>
    public sealed record KillDone(InstanceName Instance, bool Empty) : WardenInput;

    /// <summary>
    /// A question at the gate; each gets exactly one <see cref="WardenEffect.Reply"/> with its number.
    /// </summary>
    public abstract record Asked(long Request) : WardenInput;

    public sealed record StatusAsked(long Request) : Asked(Request);

    public sealed record PermitAsked(
        long Request, InstanceName Instance, Generation Generation, IsolationPolicy Isolation, string? Socket)
        : Asked(Request);

    /// <summary>Release (<see cref="SwitchVerb.Release"/>) or reset in place.</summary>
    public sealed record SwitchAsked(long Request, InstanceName Instance, Generation Generation, SwitchVerb Verb)
        : Asked(Request);

    public sealed record EndAsked(long Request, InstanceName Instance, Generation Generation) : Asked(Request);

    public sealed record FloorsAsked(
        long Request, ImmutableArray<GenerationFloor> Floors, ImmutableArray<PolicyChange> Policies,
        Automation? Automation = null) : Asked(Request);

    public sealed record DepartAsked(long Request, DepartureNotice? Departure) : Asked(Request);
}

/// <summary>A goal changed what the lease's end does to a seat.</summary>
public sealed record PolicyChange(InstanceName Instance, Generation Generation, IsolationPolicy Isolation);

/// <summary>What the warden can do to a machine's vCPUs.</summary>
public enum SwitchVerb
{
    Release,
    Hold,
    Reset,
    AskShutdown,
}
