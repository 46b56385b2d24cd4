using System.Collections.Immutable;
using Havm.Core.Strays;
using Havm.Model;

namespace Havm.Core.Liveness;

/// <summary>
/// What a leader has heard of one node since it took office, on its own clock. Never stored, never handed on.
/// </summary>
public sealed record NodeHeard
{
    public static readonly NodeHeard Nothing = new();

    /// <summary>
    /// A word counts as the quickest still when it is later than that by one part in so many of the time between them:
    /// two clocks drift apart by less, also while one is being set right.
    /// </summary>
    private const int ClocksApart = 1000;

    /// <summary>
    /// So long the quickest word counts while the node speaks: a clock that stood still, with a machine that was
    /// paused, would else have all later words dated too early, and what they show of a BMC that lies come too late.
    /// </summary>
    public static readonly TimeSpan QuickestFor = TimeSpan.FromSeconds(60);

    /// <summary>The boot all of this is about; differs from the record only until the new boot is committed.</summary>
    public BootId? Boot { get; init; }

    public Voice Warden { get; init; } = Voice.Silent;

    public Voice Agent { get; init; } = Voice.Silent;

    /// <summary>Last datagram of the boot on record; counts as life, never as a lease.</summary>
    public Instant? Datagram { get; init; }

    /// <summary>
    /// When the last lease-renewing answer was handed to the network. Taken after the beat arrived, so the host's
    /// count, which began when it sent that beat, is always the older one.
    /// </summary>
    public Instant? LeaseAnswered { get; init; }

    /// <summary>The newest report of the boot on record, and when a beat last confirmed it.</summary>
    public NodeReport? Report { get; init; }

    public Instant? ReportConfirmed { get; init; }

    /// <summary>Its agent beats and has not looked at its machines for long: its report is old news.</summary>
    public bool LookIsOld { get; init; }

    /// <summary>The newest report, if what it lacks is absent: whole, and of a look that is not old.</summary>
    public NodeReport? Inventory => Report is { InventoryComplete: true } && !LookIsOld ? Report : null;

    /// <summary>What its warden has running; null: it does not tell.</summary>
    public ImmutableArray<RunningSeat>? Running { get; init; }

    /// <summary>What its warden has running no more and its agent still has, and since when.</summary>
    public ImmutableArray<EndedSeat> EndedUnnoticed { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Machines of that report that have no seat on the node.</summary>
    public ImmutableArray<Stray> Strays { get; init; } = [];

    /// <summary>What <see cref="Strays"/> was found in; null: nothing was looked through yet.</summary>
    public LookedThrough? StraysOf { get; init; }

    /// <summary>When a report first named the word on automation that the newest one names; null: none did.</summary>
    public Instant? AutomationToldAt { get; init; }

    /// <summary>The life of the agent that made the report: report versions are counted within it.</summary>
    public ProcessLife? ReportLife { get; init; }

    /// <summary>
    /// The datastore heartbeats of others that its agent told last, and when that came.
    /// </summary>
    public ImmutableArray<DatastoreSighting> Sightings { get; init; } = [];

    public Instant SightedAt { get; init; }

    /// <summary>When other agents were last asked about this node's own datastore heartbeat; null: never.</summary>
    public Instant? LookedAt { get; init; }

    /// <summary>When other agents were last asked to ask its guests; null: never.</summary>
    public Instant? GuestsAskedAt { get; init; }

    /// <summary>When each of its guests was last known to answer on its own network.</summary>
    public ImmutableSortedDictionary<InstanceName, Instant> GuestsAnswered { get; init; } =
        ImmutableSortedDictionary<InstanceName, Instant>.Empty;

    /// <summary>Where its warden spoke from last; null: not known.</summary>
    public string? Address { get; init; }

    /// <summary>What it reached of its network when its warden spoke last; null: it does not tell.</summary>
    public NetworkReach? Reach { get; init; }

    /// <summary>When other agents were last asked to ask for it at its address; null: never.</summary>
    public Instant? AskedForAt { get; init; }

    /// <summary>When it last answered one of them there, and whom; null: nobody.</summary>
    public (NodeName By, Instant At)? Reached { get; init; }

    /// <summary>
    /// The newest heartbeat in which it wrote that it reaches something of its network, and when that was told; null:
    /// none.
    /// </summary>
    public (DatastoreSighting Seen, Instant At)? Reaches { get; init; }

    /// <summary>
    /// The node's boot clock as its warden last told it, and when that came: what its datastore heartbeats are numbered
    /// by. Null until this leader has heard the warden.
    /// </summary>
    public (TimeSpan Uptime, Instant At)? Clock { get; init; }

    /// <summary>
    /// Likewise as the word of its warden told it that was least long on its way: how late any other was is told by it.
    /// </summary>
    public (TimeSpan Uptime, Instant At)? Quickest { get; init; }

    /// <summary>A watchdog independent of the node's scheduling was armed and fed at the last warden beat.</summary>
    public bool WatchdogArmed { get; init; }

    /// <summary>The warden says the agent does not answer it.</summary>
    public bool AgentAnswers { get; init; } = true;

    /// <summary>Announced shutdown or reboot of this boot.</summary>
    public bool? DepartureReboots { get; init; }

    /// <summary>What the warden of this boot has said to have made durable about long leases.</summary>
    public LongLeaseSeen LongLease { get; init; } = LongLeaseSeen.Nothing;

    /// <summary>When it first named the end that <see cref="LongLease"/> tells; null: it has said nothing.</summary>
    public Instant? LongLeaseEndedAt { get; init; }

    /// <summary>What was heard of each method of its ladder, in order; as long as the highest that was used.</summary>
    public ImmutableArray<RungHeard> Rungs { get; init; } = [];

    /// <summary>
    /// What was heard of storage that can refuse it. Kept across boots: who is to take its writes again is asked then.
    /// </summary>
    public ImmutableArray<RungHeard> Cuts { get; init => field = value.IsDefault ? [] : value; } = [];

    public RungHeard CutBy(FenceMethod method)
    {
        foreach (var heard in Cuts)
        {
            if (method.Equals(heard.Method))
            {
                return heard;
            }
        }

        return RungHeard.Nothing;
    }

    public NodeHeard WithCut(FenceMethod method, Func<RungHeard, RungHeard> change) => this with
    {
        Cuts = [.. Cuts.Where(heard => !method.Equals(heard.Method)), change(CutBy(method) with { Method = method })],
    };

    public RungHeard Rung(int rung) => rung < Rungs.Length ? Rungs[rung] : RungHeard.Nothing;

    public NodeHeard WithRung(int rung, Func<RungHeard, RungHeard> change)
    {
        var rungs = Rungs;
        while (rungs.Length <= rung)
        {
            rungs = rungs.Add(RungHeard.Nothing);
        }

        return this with { Rungs = rungs.SetItem(rung, change(rungs[rung])) };
    }

    /// <summary>
    /// The last power-off order that its BMC has taken, or may have, whatever boot was running then; null: none. Known
    /// across boots, because a fresh one may speak between the order and its answer.
    /// </summary>
    public SwitchedOff? SwitchedOff { get; init; }

    /// <summary>When the last power-on order was sent; null: never since the boot on record was heard.</summary>
    public Instant? PowerOnSentAt { get; init; }

    /// <summary>What went wrong with it; empty when nothing did, or no answer has come yet.</summary>
    public string PowerOnTrouble { get; init; } = "";

    /// <summary>What is seen of its link and its clock from here.</summary>
    public ImmutableArray<NodeAilment> LinkAilments { get; init; } = [];

    /// <summary>A boot of this node that was proven dead spoke: what proved it was wrong.</summary>
    public BootId? Ghost { get; init; }

    /// <summary>The newest moment anything of this boot was heard.</summary>
    public Instant? Last => Latest(Latest(Warden.At, Agent.At), Datagram);

    /// <summary>
    /// Whether something was heard less than <paramref name="within"/> ago. Not the opposite of <see cref="Silence"/>:
    /// time in which we did not listen is neither silence nor life.
    /// </summary>
    public bool SpokeWithin(TimeSpan within, Instant now) => Last is { } last && now - last < within;

    /// <summary>
    /// When a heartbeat of this boot was written, on our clock: late by the time that the warden's word was on its way,
    /// never early. Null while the node's clock is not known.
    /// </summary>
    public Instant? WrittenAt(DatastoreSighting seen) =>
        Clock is { } clock ? clock.At + (TimeSpan.FromMilliseconds(seen.Sequence) - clock.Uptime) : null;

    /// <summary>
    /// When the node's boot clock showed that, on ours: never later than it did. Null while that clock is not known.
    /// </summary>
    public Instant? SurelyBy(TimeSpan uptime) => Quickest is { } quick ? quick.At + (uptime - quick.Uptime) : null;

    /// <summary>The warden has told its node's boot clock.</summary>
    public NodeHeard WithClock(TimeSpan uptime, Instant now) => this with
    {
        Clock = (uptime, now),
        Quickest = Quickest is { } quick && now - quick.At < QuickestFor
            && now - SurelyBy(uptime) > (now - quick.At) / ClocksApart
            ? quick : (uptime, now),
    };

    private static Instant? Latest(Instant? a, Instant? b) =>
        a is { } x && b is { } y ? Instant.Max(x, y) : a ?? b;
}

/// <summary>One process of a node, as heard over its stream.</summary>
/// <param name="At">When its last beat came; null: never.</param>
/// <param name="Life">Which life spoke.</param>
/// <param name="Connection">
/// Number of the stream, in order of acceptance; a boot is only learnt from a newer stream.
/// </param>
/// <param name="BrokenAt">When that stream ended; null while it is open.</param>
public sealed record Voice(Instant? At, ProcessLife Life, long Connection, Instant? BrokenAt)
{
    public static readonly Voice Silent = new(null, new ProcessLife(""), 0, null);

    /// <summary>Whether its stream is open and it spoke less than <paramref name="within"/> ago.</summary>
    public bool Speaks(TimeSpan within, Instant now) => BrokenAt is null && At is { } at && now - at < within;
}

/// <summary>One answer of a BMC.</summary>
/// <param name="AskedAt">When the question left: the state is at least as new as this.</param>
/// <param name="State">What it stated.</param>
/// <param name="Trouble">Why it stated nothing; empty otherwise.</param>
/// <param name="Boot">The boot the question was about.</param>
public sealed record PowerSeen(Instant AskedAt, PowerState State, string Trouble, BootId Boot);

/// <summary>A BMC has taken a power-off order for a machine that was not off.</summary>
/// <param name="Order">The number of the fence order.</param>
/// <param name="At">When its answer came.</param>
/// <param name="Rung">The place of what took it in the node's ladder.</param>
public sealed record SwitchedOff(long Order, Instant At, int Rung);
