using System.Collections.Immutable;

namespace Havm.Simulator.Explore;

/// <summary>What is explored.</summary>
public sealed record ExploreOptions
{
    /// <summary>The first seed; 0 to 2^31 - 1.</summary>
    public int From { get; init; } = 1;

    /// <summary>How many seeds, one after the other from the first; 1 to 1,000,000.</summary>
    public int Seeds { get; init; } = 100;

    /// <summary>Nodes of every cluster, 1 to 100; null: 3 to 6, drawn.</summary>
    public int? Nodes { get; init; }

    /// <summary>How long faults and orders go on before all is repaired; null: 1 to 6 min, drawn.</summary>
    public TimeSpan? Minutes { get; init; }

    /// <summary>The verbs that are drawn; empty: all.</summary>
    public ImmutableSortedSet<string> Verbs { get; init; } = [];

    /// <summary>Lives that are lived side by side; 1 to 64.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>Plays spent on making a failure small; 0: it is told as it was drawn.</summary>
    public int ShrinkPlays { get; init; } = 400;
}
