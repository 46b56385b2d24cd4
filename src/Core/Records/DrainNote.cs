using Havm.Model;

namespace Havm.Core.Records;

/// <summary>A node takes no new seats, and what sits on it is moved away.</summary>
/// <param name="Cause">Who wants it, and so what ends it.</param>
/// <param name="Why">In words.</param>
/// <param name="Since">UTC.</param>
public sealed record DrainNote(DrainCause Cause, Reason Why, DateTimeOffset Since)
{
    /// <summary>What it moves away comes back when the node takes seats again.</summary>
    public bool Returns { get; init; }

    /// <summary>
    /// Since when nothing sits on it and nothing there is left to be proven: it is safe to power off. UTC; null: not
    /// yet.
    /// </summary>
    public DateTimeOffset? EmptySince { get; init; }
}

public enum DrainCause
{
    /// <summary>An operator took the node into maintenance; an operator ends it.</summary>
    Order,

    /// <summary>The node announced that it goes; its next boot ends it, or its word that it stays.</summary>
    Departure,
}
