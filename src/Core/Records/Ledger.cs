using System.Collections.Immutable;
using Havm.Core.Accounting;
using Havm.Model;

namespace Havm.Core.Records;

/// <summary>
/// Everything durable. It changes only through a <see cref="Change"/>, and a change is committed before anything acts
/// on it.
/// </summary>
public sealed record Ledger
{
    /// <summary>The cluster's name; a node that belongs to another cluster is refused.</summary>
    public required string ClusterName { get; init; }

    public ImmutableSortedDictionary<string, SpecObject> Specs { get; init; } =
        ImmutableSortedDictionary.Create<string, SpecObject>(StringComparer.Ordinal);

    public SortedTable<NodeName, NodeRecord> Nodes { get; init; } = SortedTable<NodeName, NodeRecord>.Empty;

    public InstanceTable Instances { get; init; } = InstanceTable.Empty;

    /// <summary>Open incidents and the newest closed ones.</summary>
    public ImmutableSortedDictionary<string, Incident> Incidents { get; init; } =
        ImmutableSortedDictionary.Create<string, Incident>(StringComparer.Ordinal);

    /// <summary>
    /// Highest generation ever given out per name that no longer exists: a namesake goes on counting, because nodes
    /// hold floors for the old one.
    /// </summary>
    public ImmutableSortedDictionary<InstanceName, Generation> Retired { get; init; } =
        ImmutableSortedDictionary<InstanceName, Generation>.Empty;

    /// <summary>The newest long lease ever, also when it is over: its name tells older states apart.</summary>
    public LongLease? LongLease { get; init; }

    /// <summary>The newest disarm ever, also when it is over: its word tells older ones apart.</summary>
    public Disarm? Disarm { get; init; }

    /// <summary>The rules that only observe, and since when.</summary>
    public Observing Observing { get; init; } = Observing.Nothing;

    /// <summary>
    /// This state was put back from a backup that was made then, and nobody has adopted it since; null: it was not.
    /// </summary>
    public DateTimeOffset? BackupMade { get; init; }

    /// <summary>What became of everybody's time, and what failures took; nothing is decided on it.</summary>
    public Accounts Accounts { get; init; } = Accounts.Empty;

    public Counters Counters { get; init; } = new();

    public PolicySpec Policy => SpecIndex.Of(Specs).Policy ?? DefaultPolicy;

    private static readonly PolicySpec DefaultPolicy = new();

    public T? Find<T>(string kind, string name) where T : Spec =>
        Specs.TryGetValue(new SpecKey(kind, name).ToString(), out var found) ? found.Spec as T : null;

    /// <summary>All specs of one kind with their names, in name order.</summary>
    public IEnumerable<(string Name, T Spec)> All<T>() where T : Spec =>
        SpecIndex.Of(Specs).All<T>().Select(item => (item.Metadata.Name, (T)item.Spec));

    /// <summary>The load balancers in front of an instance, in name order.</summary>
    public IEnumerable<(string Name, LoadBalancerSpec Spec)> BalancersOf(Instance instance) =>
        instance is { Role: { } role, Owner.Kind: "Service" }
            ? SpecIndex.Of(Specs).BalancersOf(instance.Owner.Name, role)
            : [];

    public NodeSpec? NodeSpecOf(NodeName node) => Find<NodeSpec>("Node", node.Value);
}

/// <summary>What is counted for the whole cluster: numbers that only grow, and the fences of late.</summary>
public sealed record Counters
{
    public long Incident { get; init; }

    public long Event { get; init; }

    public long FenceOrder { get; init; }

    /// <summary>The highest goal revision of any node that was removed: its namesake goes on from there.</summary>
    public long RemovedGoal { get; init; }

    /// <summary>
    /// Epochs up to here belong to states that an adoption has replaced: who obeyed them is not held to them.
    /// </summary>
    public Epoch AdoptedBeyond { get; init; } = Epoch.None;

    /// <summary>What the guard of the fence rate counts, by the numbers of the orders.</summary>
    public ImmutableArray<CountedFence> Fences { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>
    /// The next order was given, for this boot: it counts from now on, once for all orders of one boot.
    /// </summary>
    public Counters Ordered(NodeName node, BootId boot) => this with
    {
        FenceOrder = FenceOrder + 1,
        Fences =
        [
            .. Fences.Where(f => f.Node != node || f.Boot != boot),
            new CountedFence(FenceOrder + 1, node, boot, TimeSpan.Zero),
        ],
    };
}
