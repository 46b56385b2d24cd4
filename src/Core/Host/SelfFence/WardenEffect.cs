using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Host.SelfFence;

/// <summary>
/// What the warden wants done. Effects of one step are carried out in order; none may block the loop.
/// </summary>
public abstract record WardenEffect
{
    /// <summary>Send this beat to every controller, now: its age is counted from the step that made it.</summary>
    public sealed record SendBeat(
        long Sequence, LeaderSeen Highest, GoalVersion? Holds, bool AgentAnswers, ImmutableArray<RunningSeat> Running,
        DepartureNotice? Departure, LongLeaseSeen LongLease) : WardenEffect;

    /// <summary>
    /// Write the ledger and answer LedgerKept or LedgerNotKept. One at a time; a newer one replaces a waiting one.
    /// </summary>
    public sealed record Keep(WardenLedger Ledger) : WardenEffect;

    /// <summary>Remember for the next life of this process from when the lease counts. No sync is needed.</summary>
    public sealed record NoteLease(Instant From) : WardenEffect;

    public sealed record FeedWatchdog : WardenEffect
    {
        public static readonly FeedWatchdog Now = new();
    }

    /// <summary>Turn the machine's switch and answer SwitchDone.</summary>
    public sealed record Switch(InstanceName Instance, Generation Generation, string Socket, SwitchVerb Verb)
        : WardenEffect;

    /// <summary>Kill the instance's cgroup, verify it empty and answer KillDone.</summary>
    public sealed record Kill(InstanceName Instance) : WardenEffect;

    public sealed record Reply(long Request, GateReply Answer) : WardenEffect;

    /// <summary>One line for the log.</summary>
    public sealed record Tell(Reason Reason) : WardenEffect;
}

/// <summary>The warden's word at the gate.</summary>
/// <param name="Cgroup">Set on a granted permit: make this instance's cgroup and name its path.</param>
public sealed record GateReply(
    bool Granted, Reason Reason, TimeSpan? LeaseAge, ImmutableArray<SeatView> Seats, InstanceName? Cgroup = null);

/// <summary>A seat as the warden sees it; by lease: the lease's end paused, stopped or ended it.</summary>
public sealed record SeatView(InstanceName Instance, Generation Generation, SeatPhase Phase, bool ByLease);
