using System.Collections.Immutable;

namespace Havm.Wire.Api;

/// <summary>The cluster on one page.</summary>
public sealed record ClusterStatusView
{
    public required string Cluster { get; init; }

    /// <summary>Version of the controller that answered.</summary>
    public required string Version { get; init; }

    public required LeaderView Leader { get; init; }

    public required StoreView Store { get; init; }

    /// <summary>What recorded steps take, for `havm replay`; null: nothing is recorded.</summary>
    public BudgetView? Recording { get; init; }

    /// <summary>How many nodes are in each phase.</summary>
    public required ImmutableSortedDictionary<string, int> Nodes { get; init; }

    /// <summary>Nodes that operators keep new instances away from.</summary>
    public ImmutableArray<string> Cordoned { get; init => field = value.OrEmpty(); } = [];

    /// <summary>Nodes that speak and are not well: what ails each.</summary>
    public ImmutableArray<AilingView> Ailing { get; init => field = value.OrEmpty(); } = [];

    /// <summary>Nodes that are not fit for seats, each with what ends that.</summary>
    public ImmutableArray<UnfitView> Unfit { get; init => field = value.OrEmpty(); } = [];

    /// <summary>How many instances are in each phase.</summary>
    public required ImmutableSortedDictionary<string, int> Instances { get; init; }

    /// <summary>Null: none stands, and none is being ended.</summary>
    public LongLeaseView? LongLease { get; init; }

    /// <summary>Null: automation is on, and every node has acknowledged that for long enough.</summary>
    public DisarmView? Disarm { get; init; }

    /// <summary>Rules that only observe, each with what it would do now.</summary>
    public ImmutableArray<ObservingView> Observing { get; init => field = value.OrEmpty(); } = [];

    public ImmutableArray<GuardView> Guards { get; init => field = value.OrEmpty(); } = [];

    public ImmutableArray<HeldView> Held { get; init => field = value.OrEmpty(); } = [];

    /// <summary>What would go wrong at the next failure, and how to mend it now.</summary>
    public ImmutableArray<RiskView> Risks { get; init => field = value.OrEmpty(); } = [];

    public int OpenIncidents { get; init; }

    public long AtEvent { get; init; }

    public required Moment Confirmed { get; init; }
}

/// <param name="Name">The controller that leads; null while nobody does.</param>
/// <param name="Epoch">Its term.</param>
public sealed record LeaderView(string? Name, long Epoch, Moment? Since);

/// <param name="Kind">"sqlite" or "etcd".</param>
/// <param name="Problem">Why it is not healthy.</param>
public sealed record StoreView(string Kind, bool Healthy, string? Problem, long SizeBytes, Moment? LastCommit);

/// <param name="Message">What it watches, with the present figures.</param>
/// <param name="ReleasedBy">What would end the hold; null when nothing is held.</param>
public sealed record GuardView(string Name, bool Holding, string Message, string? ReleasedBy);

/// <param name="Fitness">"probation", "quarantine", "outForRepair" or "retired".</param>
/// <param name="ReleasedBy">What ends it: a time, and the order that does so at once.</param>
public sealed record UnfitView(string Node, string Fitness, string Message, string ReleasedBy);

/// <param name="Rule">"fencing", "recovery", ...: docs/reference/words.md has all.</param>
/// <param name="Since">Null: the round that notes it has not come yet.</param>
/// <param name="Would">What it would do now, one sentence each.</param>
public sealed record ObservingView(string Rule, Moment? Since, ImmutableArray<string> Would);

/// <summary>What something takes of what it may.</summary>
public sealed record BudgetView(long UsedBytes, long LimitBytes);

public sealed record RiskView(string Object, string Message, string Remedy);

/// <summary>Something wrong with a node that speaks.</summary>
/// <param name="Kind">"datastoreHangs", "lossyLink", ...: docs/reference/words.md has all.</param>
public sealed record AilingView(string Node, string Kind, string Message, Moment? Since);
