using System.Collections.Immutable;
using Havm.Core.Accounting;
using Havm.Core.Incidents;
using Havm.Core.Leaders;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Core.Rotation;
using Havm.Model;

namespace Havm.Core;

/// <summary>
/// The immutable picture that every decider reads: what is durable (<see cref="Ledger"/>), what was heard since this
/// controller took office (<see cref="Heard"/>), and under which term it decides (<see cref="Office"/>).
/// </summary>
public sealed record Cluster
{
    public required Ledger Ledger { get; init; }

    public required Office Office { get; init; }

    /// <summary>Last words per node. Never stored: a new leader listens for itself.</summary>
    public SortedTable<NodeName, NodeHeard> Heard { get; init; } = SortedTable<NodeName, NodeHeard>.Empty;

    /// <summary>Last words of load balancers, by name. Never stored.</summary>
    public ImmutableSortedDictionary<string, BalancerHeard> Balancers { get; init; } =
        ImmutableSortedDictionary.Create<string, BalancerHeard>(StringComparer.Ordinal);

    /// <summary>
    /// UTC at the time of the round, by the host's clock: for records that people read, and for waits of minutes and
    /// more that outlive a leader. Nothing of safety is decided on it: it may be set at any time.
    /// </summary>
    public DateTimeOffset Wall { get; init; }

    /// <summary>
    /// The specs that lifecycle has made all instances and nodes of; while the ledger's are these very ones there is
    /// nothing to compare. Not stored: a new leader compares once.
    /// </summary>
    public object? CarriedOut { get; init; }

    /// <summary>
    /// Since when load is more uneven than the policy lets pass; null: it is not, or nobody asks. Not stored: a new
    /// leader waits anew.
    /// </summary>
    public Instant? UnevenSince { get; init; }

    /// <summary>
    /// On what open incidents were followed last; null: not yet. Not stored: a new leader follows all of them once.
    /// </summary>
    public Followed? Followed { get; init; }

    /// <summary>
    /// On what the accounts were kept last; null: not yet. Not stored: a new leader looks at all once.
    /// </summary>
    public Counted? Counted { get; init; }

    /// <summary>
    /// What guards hold, and since when; what people are shown, and the incidents it belongs to. Not stored: a new
    /// leader counts from when it first holds.
    /// </summary>
    public ImmutableSortedDictionary<string, HoldSpan> Holds { get; init; } =
        ImmutableSortedDictionary.Create<string, HoldSpan>(StringComparer.Ordinal);

    /// <summary>
    /// When each counted fence would have begun on this leader's clock, by the number of its order. Not stored: a new
    /// leader counts on from the ages on record.
    /// </summary>
    public ImmutableSortedDictionary<long, Instant> FencesBegan { get; init; } =
        ImmutableSortedDictionary<long, Instant>.Empty;

    public NodeHeard HeardOf(NodeName node) => Heard.GetValueOrDefault(node, NodeHeard.Nothing);

    public BalancerHeard BalancerHeardOf(string name) => Balancers.GetValueOrDefault(name) ?? BalancerHeard.Nothing;

    public PolicySpec Policy => Ledger.Policy;

    /// <summary>The wall-clock time of an instant on this controller's own clock.</summary>
    public DateTimeOffset WallOf(Instant at, Instant now) => Wall - (now - at);

    /// <summary>
    /// UTC as waits are counted that a later leader goes on with: its host's when this one took office, and what has
    /// passed since by its own clock. A clock that is set meanwhile neither ends a wait nor makes it longer.
    /// </summary>
    /// <param name="at">When.</param>
    /// <param name="now">Now.</param>
    public DateTimeOffset SteadyOf(Instant at, Instant now) =>
        Office.TookAt is { } took ? took + (at - Office.Since) : WallOf(at, now);
}

/// <summary>A leader's term.</summary>
public sealed record Office
{
    public required Epoch Epoch { get; init; }

    /// <summary>The life of this controller process, told to nodes so that a copied state is recognised.</summary>
    public required string Controller { get; init; }

    /// <summary>From here on T must pass before lease expiry proves anything (SAFETY: leaders).</summary>
    public required Instant Since { get; init; }

    /// <summary>
    /// UTC when it took office, by its host; null: nobody leads, as in what-if questions, or a recording of an earlier
    /// version does not say.
    /// </summary>
    public DateTimeOffset? TookAt { get; init; }

    /// <summary>
    /// Silence is counted from here at the earliest: taking office, or the end of the last stall of our own.
    /// </summary>
    public required Instant ListeningSince { get; init; }

    /// <summary>
    /// Each node's goal revision as the ledger had it when this leader took office: no earlier leader of this state can
    /// have told it more.
    /// </summary>
    public ImmutableDictionary<NodeName, long> Inherited { get; init; } = ImmutableDictionary<NodeName, long>.Empty;

    /// <summary>
    /// When this leader granted the long lease on record; null: an earlier one did, and how much of it has passed is
    /// not known.
    /// </summary>
    public Instant? LongLeaseGranted { get; init; }

    /// <summary>When this leader began to look around at the end of a disarm; null: it did not.</summary>
    public Rearming? LookingAround { get; init; }

    /// <summary>When this leader was re-armed and began to listen anew; null: it was not.</summary>
    public Rearming? Rearmed { get; init; }

    /// <summary>
    /// Set when a node has seen a newer leader or other state, or this one is a backup that was put back: this
    /// controller acts on nothing until `havm store adopt`.
    /// </summary>
    public Reason? Overruled { get; init; }

    /// <summary>
    /// Until when this leader may grant leases and order nodes off, on its own clock: its leadership as the store last
    /// confirmed it. Null: the office cannot pass to another while this process holds its store.
    /// </summary>
    public Instant? LeadsUntil { get; init; }

    /// <summary>Its leadership is valid by its own clock (SAFETY: leaders).</summary>
    public bool Leads(Instant now) => LeadsUntil is not { } until || now < until;

    /// <summary>The highest epoch of another controller that a node has named; adopting goes beyond it.</summary>
    public Epoch HighestSeen { get; init; } = Epoch.None;

    /// <summary>A leader that takes office now, with this ledger.</summary>
    public static Office Take(
        Ledger ledger, Epoch epoch, string controller, Instant now, DateTimeOffset? wall = null) => new()
    {
        Epoch = epoch,
        Controller = controller,
        Since = now,
        TookAt = wall,
        ListeningSince = now,
        Overruled = ledger.BackupMade is { } made ? NewerState.OfBackup(made) : null,
        Inherited = ledger.Nodes.ToImmutableDictionary(n => n.Key, n => n.Value.GoalRevision),
    };
}

/// <summary>Automation came back on, or is about to.</summary>
/// <param name="Word">The word that nodes were told then.</param>
/// <param name="At">On this leader's clock.</param>
public sealed record Rearming(Automation Word, Instant At);
