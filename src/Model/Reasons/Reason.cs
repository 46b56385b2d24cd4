using System.Collections.Immutable;

namespace Havm.Model;

/// <summary>
/// Why something was decided. The one type that log, CLI, API and console print alike.
/// </summary>
/// <param name="Decider">The word of the room that decided, lower case: "liveness", "fencing", "placement", ...</param>
/// <param name="Code">A closed, machine-readable word in camelCase, stable across versions.</param>
/// <param name="Message">One sentence for people; names the object and the figure that mattered.</param>
public sealed record Reason(string Decider, string Code, string Message)
{
    /// <summary>The facts it rests on, each with its source, oldest first.</summary>
    public ImmutableArray<Evidence> Evidence { get; init; } = [];

    public override string ToString() => $"{Decider}: {Message}";

    public bool Equals(Reason? other) =>
        other is not null && Decider == other.Decider && Code == other.Code && Message == other.Message;

    public override int GetHashCode() => HashCode.Combine(Decider, Code, Message);
}

/// <summary>One fact behind a decision.</summary>
/// <param name="Source">Who said it: "heartbeat", "bmc", "datastore", "report", "operator".</param>
/// <param name="Message">What was said, with its age at the time of the decision.</param>
public sealed record Evidence(string Source, string Message);

/// <summary>How much an act can hurt, from least to most. Guards and the repair ladder compare it.</summary>
public enum Impact
{
    None,
    Pause,
    Migrate,
    Restart,
    PowerOff,
    DataLoss,
}
