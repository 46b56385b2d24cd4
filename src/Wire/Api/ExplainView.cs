using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Wire.Api;

/// <summary>Why an instance is where it is, or why it waits.</summary>
public sealed record ExplainView
{
    public required string Instance { get; init; }

    public required string Phase { get; init; }

    public string? Node { get; init; }

    /// <summary>The decision behind the present state.</summary>
    public Reason? Reason { get; init; }

    /// <summary>What it waits for and what would end the wait; null when it waits for nothing.</summary>
    public HeldView? WaitingFor { get; init; }

    /// <summary>Every node of the cluster, judged as if the instance were placed now.</summary>
    public required ImmutableArray<CandidateView> Candidates { get; init; }

    public required Moment Confirmed { get; init; }
}

/// <summary>One node as a place for the instance: refused by a filter, or scored.</summary>
public sealed record CandidateView
{
    public required string Node { get; init; }

    public required string Rack { get; init; }

    /// <summary>True where the instance is now.</summary>
    public bool Current { get; init; }

    /// <summary>The first filter that refused it; null when it could go there.</summary>
    public RefusalView? Refused { get; init; }

    public ImmutableArray<ScoreView> Scores { get; init => field = value.OrEmpty(); } = [];

    /// <summary>Sum of the scores, higher is better; null when refused.</summary>
    public double? Total { get; init; }
}

/// <param name="Filter">The filter's name.</param>
/// <param name="Message">Why, with the figures: "needs 112 MiB, has 64 MiB free".</param>
public sealed record RefusalView(string Filter, string Message);

/// <param name="Name">The wish, "spread".</param>
/// <param name="Value">0 to 100, the higher the better.</param>
/// <param name="Message">What the value means, in one phrase.</param>
/// <param name="Weight">The value counts so often in the total.</param>
public sealed record ScoreView(string Name, double Value, string Message, int Weight = 1);
