using System.Collections.Immutable;
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
