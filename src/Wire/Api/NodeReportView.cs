using System.Collections.Immutable;

namespace Havm.Wire.Api;

/// <summary>What is known of one machine's failures, to be given to whoever repairs it.</summary>
public sealed record NodeReportView
{
    public required NodeView Node { get; init; }

    /// <summary>The machine's own UUID, as its object has it for its BMC; null: it has none.</summary>
    public string? Uuid { get; init; }

    /// <summary>The times it went unannounced, oldest first; the newest 16.</summary>
    public ImmutableArray<DepartureView> Departures { get; init => field = value.OrEmpty(); } = [];

    /// <summary>Incidents about it, oldest first.</summary>
    public ImmutableArray<ReportedIncidentView> Incidents { get; init => field = value.OrEmpty(); } = [];

    /// <summary>What was told of it: verdicts, fence orders, power-on orders and their answers, oldest first.</summary>
    public ImmutableArray<ReportedEventView> Events { get; init => field = value.OrEmpty(); } = [];

    public required Moment Confirmed { get; init; }
}

/// <param name="Kind">"lost" or "rebooted".</param>
/// <param name="BackAt">When it was heard again; null: not yet.</param>
/// <param name="Counts">Whether it is held against the node.</param>
/// <param name="Message">The verdict.</param>
/// <param name="Evidence">What that rests on, one fact a line.</param>
public sealed record DepartureView(
    DateTimeOffset At, string Kind, string? BootId, DateTimeOffset? BackAt, bool Counts, string Message,
    ImmutableArray<string> Evidence, string? Incident);

/// <param name="Outcome">Null while it is open.</param>
public sealed record ReportedIncidentView(
    string Id, string Kind, DateTimeOffset At, string Message, string? Proof, string? Outcome);

public sealed record ReportedEventView(DateTimeOffset At, string Name, string Message);
