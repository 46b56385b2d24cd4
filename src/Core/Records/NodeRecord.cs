using System.Collections.Immutable;
using Havm.Core.Liveness;
using Havm.Model;

namespace Havm.Core.Records;

/// <summary>What is durable about one node.</summary>
public sealed record NodeRecord
{
    public required NodeName Name { get; init; }

    public NodePhase Phase { get; init; } = NodePhase.Unseen;

    public required Reason Why { get; init; }

    /// <summary>When the phase began, UTC.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>The boot that seats and fence orders are bound to; null before the node was first heard.</summary>
    public BootId? Boot { get; init; }

    /// <summary>
    /// Boots that are over, newest last, 16 at most: one that speaks again is a ghost, never a new boot.
    /// </summary>
    public ImmutableArray<BootId> PastBoots { get; init; } = [];

    /// <summary>
    /// Whether a boot is proven to be over: it is one of the past, or the one on record is proven off.
    /// </summary>
    public bool IsOver(BootId boot) => PastBoots.Contains(boot) || (Phase == NodePhase.Dead && Boot == boot);

    /// <summary>What it announced; only while it is down by order.</summary>
    public DepartureNotice? Departure { get; init; }

    /// <summary>What its silence was judged to mean; null while it is heard.</summary>
    public NodeVerdict? Verdict { get; init; }

    /// <summary>
    /// The warden of the boot on record has said that an independent watchdog is armed. Durable, because a leader that
    /// takes over while the node is silent must know it.
    /// </summary>
    public bool WatchdogArmed { get; init; }

    /// <summary>
    /// Where its warden was heard last; null: nowhere that others could ask at. Durable, because a leader that takes
    /// over while the node is silent must know where others are to ask for it.
    /// </summary>
    public string? Address { get; init; }

    /// <summary>What is wrong with it though it speaks, by kind and then by what it is about.</summary>
    public ImmutableArray<NodeAilment> Ailments { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Whether it cannot use a datastore, by its own word or because it is cut off from it.</summary>
    public bool LacksDatastore(string datastore) =>
        (Cut is { } cut && cut.IsAbout(datastore)) || PathAilment(datastore) is not null;

    /// <summary>Its own word that it cannot use a datastore; null: it says nothing of the kind.</summary>
    public NodeAilment? PathAilment(string datastore)
    {
        foreach (var ailment in Ailments)
        {
            if (ailment.Of == datastore && ailment.Kind is NodeAilmentKind.DatastoreHangs
                or NodeAilmentKind.DatastoreFails or NodeAilmentKind.DatastoreTakesNoWrites)
            {
                return ailment;
            }
        }

        return null;
    }

    /// <summary>Operators keep new seats away.</summary>
    public bool Cordoned { get; init; }

    /// <summary>Set while it is in maintenance or on its way out; null: it keeps what sits on it.</summary>
    public DrainNote? Drain { get; init; }

    /// <summary>
    /// Since when it is up and not drained, UTC: instances go back to it only after a while. The past where unknown.
    /// </summary>
    public DateTimeOffset OpenSince { get; init; }

    /// <summary>
    /// An operator has it in maintenance and nothing sits on it: its power is nobody's concern, its silence no news.
    /// </summary>
    public bool IsSafeToPowerOff => Drain is { Cause: DrainCause.Order, EmptySince: not null };

    /// <summary>Grows with every change to this node's seats and floors; never reused, also across leaders.</summary>
    public long GoalRevision { get; init; }

    /// <summary>Withdrawn generations this node must never run again, per instance.</summary>
    public ImmutableSortedDictionary<InstanceName, Generation> Floors { get; init; } =
        ImmutableSortedDictionary<InstanceName, Generation>.Empty;

    /// <summary>
    /// This state was adopted, and the node has not told since what it runs; nor was it proven dead.
    /// </summary>
    public bool Unaccounted { get; init; }

    public FenceOrder? Fence { get; init; }

    /// <summary>Storage refuses it, or was told to; outlives the boot it is for. Null: nothing was.</summary>
    public StorageCut? Cut { get; init; }

    /// <summary>
    /// What is to become of the power of the boot on record, which was read off; null while none was, and where an
    /// operator's word ended it.
    /// </summary>
    public PowerOnNote? PowerOn { get; init; }

    /// <summary>Why it is not fit for seats; null: it is.</summary>
    public FitnessNote? Fitness { get; init; }

    /// <summary>The last diagnosis, under way or over; null: there was none.</summary>
    public DiagnosisNote? Diagnosis { get; init; }

    /// <summary>What its sensors say of its future; null: nothing.</summary>
    public RiskNote? Risk { get; init; }

    /// <summary>The times it went unannounced, newest last, 16 at most.</summary>
    public ImmutableArray<NodeDeparture> Departures { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>In one word.</summary>
    public NodeFitness Fit => Fitness?.Is ?? NodeFitness.Fit;

    /// <summary>The open incident about this node.</summary>
    public string? Incident { get; init; }
}

/// <summary>A node's life as the cluster sees it.</summary>
public enum NodePhase
{
    /// <summary>Applied, and never heard.</summary>
    Unseen,

    /// <summary>Heard, and fit for seats.</summary>
    Up,

    /// <summary>Silent for longer than lostAfter, with a verdict. That it is dead has not been proven.</summary>
    Lost,

    /// <summary>Proven off for the boot on record. It holds nothing; a new boot brings it back.</summary>
    Dead,

    /// <summary>
    /// It announced a shutdown or reboot: silence and BMC Off give no verdict, for a reboot, and for a shutdown that
    /// fails over, before the hold limit of 15 min, for any other shutdown ever.
    /// </summary>
    DownByOrder,
}

/// <summary>An order to make one boot of a node surely stop. It is void once that boot is heard again.</summary>
/// <param name="Id">Unique for ever.</param>
/// <param name="Boot">The boot it is for; never another.</param>
/// <param name="Why">The verdict it rests on.</param>
/// <param name="OrderedAt">UTC.</param>
public sealed record FenceOrder(long Id, BootId Boot, Reason Why, DateTimeOffset OrderedAt)
{
    /// <summary>
    /// When the BMC was known to have taken it for a machine that was not off already, or when its answer to it was
    /// lost, UTC; null: not yet.
    /// </summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>Whose turn it is: the place of a method in the node's ladder, from 0.</summary>
    public int Rung { get; init; }

    /// <summary>The places of what is known to have taken it, or may have, as that became known.</summary>
    public ImmutableArray<int> Taken { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The leader that decided it.</summary>
    public Epoch Epoch { get; init; } = Epoch.None;

    /// <summary>
    /// The BMC had said On between the boot's last word and this decision: its power outlived its voice.
    /// </summary>
    public bool FoundOn { get; init; }
}

/// <summary>
/// A boot was read off. Where an order of ours has done that, its node is ours to be powered on again.
/// </summary>
/// <param name="Boot">The dead boot; the note ends with the next one that is heard.</param>
/// <param name="Order">
/// The fence order that ended it; null: none has, so whoever switched it off switches it on.
/// </param>
public sealed record PowerOnNote(BootId Boot, long? Order)
{
    /// <summary>
    /// What that order has switched off, by places in the node's ladder; empty: the first, or none.
    /// </summary>
    public ImmutableArray<int> By { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>
    /// Power-on orders for this boot. Each is counted before it leaves, so that no new leader begins anew.
    /// </summary>
    public int Tries { get; init; }

    /// <summary>When the last of them was decided, UTC; for people.</summary>
    public DateTimeOffset? TriedAt { get; init; }

    /// <summary>
    /// Its BMC has said On since: the last order was carried out. Goes it off again, somebody else did that.
    /// </summary>
    public bool CameOn { get; init; }

    /// <summary>Nothing more is ordered; a person has been told.</summary>
    public bool GivenUp { get; init; }

    /// <summary>
    /// Instances wait for the node: it is powered on whoever switched it off, as `recovery.mode: rebootFirst` says.
    /// </summary>
    public bool Awaited { get; init; }

    /// <summary>Whether powering it on is for us to do.</summary>
    public bool IsOurs => Order is not null || Awaited;

    /// <summary>What was last decided about it; null: nothing yet.</summary>
    public Reason? Why { get; init; }

    /// <summary>A person has looked at it: what was given up is tried anew, what was held is judged anew.</summary>
    public PowerOnNote Anew() =>
        GivenUp ? new PowerOnNote(Boot, Order) { By = By, Awaited = Awaited } : this with { Why = null };
}
