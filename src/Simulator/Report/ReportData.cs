using System.Collections.Immutable;
using Havm.Core.Records;
using Havm.Model;
using Havm.Simulator.Scenario;
using Havm.Simulator.Trace;
using Havm.Simulator.WhatIf;

namespace Havm.Simulator.Report;

/// <summary>What a report shows, in seconds from its zero: the first action of a what-if, else the beginning.</summary>
public sealed record ReportData
{
    public required string Title { get; init; }

    public required string Subtitle { get; init; }

    /// <summary>Where the lanes begin and end.</summary>
    public required double From { get; init; }

    public required double To { get; init; }

    public ImmutableArray<RackLanes> Racks { get; init; } = [];

    /// <summary>Times in which instances that are wanted had no seat.</summary>
    public ImmutableArray<Bar> Seatless { get; init; } = [];

    /// <summary>What was done from outside.</summary>
    public ImmutableArray<Mark> Faults { get; init; } = [];

    /// <summary>What controllers decided, in order.</summary>
    public ImmutableArray<Mark> Decisions { get; init; } = [];

    public ImmutableArray<IncidentRow> Incidents { get; init; } = [];

    /// <summary>What did not hold.</summary>
    public ImmutableArray<string> Failures { get; init; } = [];

    /// <summary>What would happen; null when a scenario was played.</summary>
    public WhatIfAnswer? Answer { get; init; }

    /// <summary>Of a scenario: from its beginning, whatever it does.</summary>
    /// <param name="played">It was not skipped.</param>
    /// <param name="title">For people.</param>
    public static ReportData Of(ScenarioOutcome played, string title)
    {
        var verdict = played.Verdict.ToString().ToLowerInvariant();
        return new ReportBuilder(played, Instant.Origin).Build() with
        {
            Title = title.Length > 0 ? title : played.Header.Scenario,
            Subtitle = $"{played.Header.Scenario}, {verdict}, seed {played.Header.Seed}, {played.Header.Product}",
        };
    }

    /// <summary>Of a what-if: from its first action.</summary>
    public static ReportData Of(WhatIfRun run)
    {
        var zero = run.Played.Events.OfType<Injected>().FirstOrDefault()?.At ?? Instant.Origin;
        var answer = run.Answer;
        return new ReportBuilder(run.Played, zero).Build() with
        {
            Title = string.Join("; ", answer.Actions),
            Subtitle = $"what would happen to cluster {answer.Cluster} as it was "
                + $"{answer.SnapshotAt:yyyy-MM-dd HH:mm:ss}Z; seed {answer.Seed}, {run.Played.Header.Product}",
            Answer = answer,
            Failures = answer.Objections,
        };
    }
}

/// <summary>The nodes of a rack.</summary>
public sealed record RackLanes(string Rack, ImmutableArray<Lane> Lanes);

/// <summary>A node through time.</summary>
/// <param name="States">When it was off, cut off, booting or leaving.</param>
/// <param name="Bars">Instances that began or ended there.</param>
/// <param name="Steady">Instances that ran there all the time.</param>
/// <param name="Marks">What was done to it and decided about it.</param>
public sealed record Lane(
    string Node, ImmutableArray<Bar> States, ImmutableArray<Bar> Bars, ImmutableArray<string> Steady,
    ImmutableArray<Mark> Marks);

/// <summary>Something that lasts.</summary>
/// <param name="Kind">run, starting, off, cut, boot or seatless.</param>
/// <param name="Cut">It ended by a fault, not at the end of the picture.</param>
public sealed record Bar(string Name, double From, double To, string Kind, bool Cut, string Why);

/// <summary>Something that happened.</summary>
/// <param name="Kind">fault, lost, fence, dead, up or decision.</param>
public sealed record Mark(double At, string Kind, string Subject, string What, string Why);

/// <summary>An incident and how long each of its phases took, in order; what was not reached is left out.</summary>
public sealed record IncidentRow(
    string Id, string Kind, string Subject, double At, string Outcome, string Why,
    ImmutableArray<(string Phase, double Seconds)> Phases);
