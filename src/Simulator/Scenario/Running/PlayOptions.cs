using Havm.Core;
using Havm.Model;
using Havm.Simulator.World;

namespace Havm.Simulator.Scenario.Running;

/// <summary>How a scenario is played.</summary>
public sealed record PlayOptions
{
    /// <summary>Of every draw; the same seed plays the same, to the byte.</summary>
    public int Seed { get; init; } = 1;

    public WorldSettings World { get; init; } = new();

    /// <summary>The cluster's numbers; powering on again what was fenced is off in scenarios.</summary>
    public PolicySpec Policy { get; init; } = new();

    /// <summary>What the trace says made it.</summary>
    public string Product { get; init; } = "havm";

    /// <summary>A decision in place of the production one: tests see liars caught. Null: the production one.</summary>
    public Func<Cluster, IReadOnlyList<Input>, Instant, DateTimeOffset, Decision>? Step { get; init; }

    /// <summary>
    /// A state to begin with in place of the one that the scenario describes: a cluster's own. Its names are the
    /// scenario's.
    /// </summary>
    public WorldOrigin? Origin { get; init; }

    /// <summary>
    /// Lived on after all has settled at the end, so that guests come up and incidents close; 0 s to 1 h.
    /// </summary>
    public TimeSpan Tail { get; init; }
}
