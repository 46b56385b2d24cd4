using System.Collections.Immutable;
using Havm.Core;
using Havm.Core.Changes;
using Havm.Model;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario;

public enum ScenarioVerdict
{
    Passed,
    Failed,

    /// <summary>It needs what is not built; nothing was run.</summary>
    Skipped,
}

/// <summary>What became of a scenario.</summary>
/// <param name="Failures">Each thing that did not hold, in one sentence with its time.</param>
/// <param name="Missing">What it needs and is not built.</param>
/// <param name="Events">All that happened, in order; the last is the snapshot at the end.</param>
public sealed record ScenarioOutcome(
    ScenarioFile Scenario, ImmutableArray<string> Failures, ImmutableArray<string> Missing,
    ImmutableArray<TraceEvent> Events, TraceHeader Header)
{
    /// <summary>What controllers told of their decisions, in order.</summary>
    public ImmutableArray<ToldEvent> Told { get; init; } = [];

    /// <summary>UTC at the world's beginning: what records of the ledger call a time is counted from here.</summary>
    public DateTimeOffset Began { get; init; }

    /// <summary>The controller's picture just before the first step; null when none had been decided by then.</summary>
    public Cluster? Before { get; init; }

    /// <summary>The controller's picture at the end.</summary>
    public Cluster? After { get; init; }

    /// <summary>How often each kind of change was committed, and each guard held something back.</summary>
    public ImmutableSortedDictionary<string, int> Decided { get; init; } =
        ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal);

    public ScenarioVerdict Verdict => !Missing.IsEmpty ? ScenarioVerdict.Skipped
        : Failures.IsEmpty ? ScenarioVerdict.Passed : ScenarioVerdict.Failed;

    /// <summary>The whole trace, as lines.</summary>
    public void WriteTrace(Stream into)
    {
        var writer = new TraceWriter(into);
        writer.Write(Header);
        foreach (var happened in Events)
        {
            writer.Write(happened);
        }
    }
}

/// <summary>An event of a controller's own history, with the world's time of its commit.</summary>
public sealed record ToldEvent(Instant At, EventRecord Event);
