using System.Collections.Immutable;
using Havm.Core.Placement;

namespace Havm.Simulator.WhatIf;

/// <summary>
/// What would happen to a cluster: the answer of `havm simulate --from`. All seconds count from the first action.
/// </summary>
public sealed record WhatIfAnswer
{
    public required string Cluster { get; init; }

    /// <summary>When the snapshot was taken, UTC.</summary>
    public required DateTimeOffset SnapshotAt { get; init; }

    public required ImmutableArray<string> Actions { get; init; }

    public required int Seed { get; init; }

    /// <summary>
    /// When nothing was left to do; null: it never came to rest, and <see cref="Restless"/> says why.
    /// </summary>
    public double? SettledSeconds { get; init; }

    /// <summary>Nodes that anything happened to.</summary>
    public ImmutableArray<NodeFate> Nodes { get; init; } = [];

    /// <summary>Instances that stopped, started or are not running though they are wanted.</summary>
    public ImmutableArray<InstanceFate> Instances { get; init; } = [];

    /// <summary>Availability sets that sit otherwise than before.</summary>
    public ImmutableArray<SpreadChange> Spread { get; init; } = [];

    public required Reserve Before { get; init; }

    public required Reserve After { get; init; }

    /// <summary>What the snapshot has and the simulator plays otherwise.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>What is tried again and again, or waits for a person; null: nothing.</summary>
    public string? Restless { get; init; }

    /// <summary>
    /// What the simulator's checkers object to; that things do not come to rest, only where nothing waits.
    /// </summary>
    public ImmutableArray<string> Objections { get; init; } = [];
}

/// <summary>What became of a node.</summary>
/// <param name="Fault">What happened to it: "power lost", "cut off", "shut down"; empty: nothing from outside.</param>
/// <param name="LostSeconds">It counted as lost: it cannot be heard.</param>
/// <param name="FencedSeconds">Its power-off was ordered.</param>
/// <param name="DeadSeconds">It was proven dead: what ran there may start elsewhere.</param>
/// <param name="UpSeconds">It was up again.</param>
/// <param name="Why">The newest verdict, with its evidence.</param>
public sealed record NodeFate(
    string Node, string Rack, string Fault, double? LostSeconds, double? FencedSeconds, double? DeadSeconds,
    double? UpSeconds, string Why);

/// <summary>What became of an instance.</summary>
/// <param name="From">Where it sat; null: nowhere.</param>
/// <param name="DownSeconds">Its virtual CPUs ceased; null: they did not run before.</param>
/// <param name="PlacedSeconds">It was given its last new seat.</param>
/// <param name="RunningSeconds">Its virtual CPUs ran again.</param>
/// <param name="Ends">"running", "waiting", "down", "held", "stopped", ...</param>
/// <param name="On">Where it runs at the end.</param>
/// <param name="Why">Why it was placed there, or why it waits.</param>
public sealed record InstanceFate(
    string Instance, int Priority, string? From, double? DownSeconds, double? PlacedSeconds, double? RunningSeconds,
    string Ends, string? On, string Why);

/// <summary>How an availability set is spread over fault domains, before and after.</summary>
public sealed record SpreadChange(string Set, int Members, Spread Before, Spread After)
{
    /// <summary>The set has fewer fault domains than it had, or one of them holds more of it.</summary>
    public bool Worse => After.Domains < Before.Domains || After.Most > Before.Most;
}

/// <param name="Seated">Members that have a seat.</param>
/// <param name="Domains">Fault domains with a member.</param>
/// <param name="Most">Members in the fault domain that holds most.</param>
public sealed record Spread(int Seated, int Domains, int Most);
