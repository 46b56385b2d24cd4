using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Model;

namespace Havm.Core;

/// <summary>
/// The outcome of one step. <see cref="Changes"/> and <see cref="Events"/> are made durable in one commit *before*
/// any of <see cref="Replies"/> or <see cref="Commands"/> leaves; if that commit fails none leaves and the leader
/// resigns.
/// </summary>
public sealed record Decision
{
    /// <summary>The picture after all changes.</summary>
    public required Cluster After { get; init; }

    public ImmutableArray<Change> Changes { get; init; } = [];

    /// <summary>It changes nothing but the accounts, on which nothing rests; or nothing at all.</summary>
    public bool OnlyKeepsAccounts => Changes.All(change => change is AccountChange);

    /// <summary>Records the changes altered.</summary>
    public ImmutableHashSet<RecordKey> Touched { get; init; } = [];

    public ImmutableArray<EventRecord> Events { get; init; } = [];

    public ImmutableArray<Reply> Replies { get; init; } = [];

    public ImmutableArray<Command> Commands { get; init; } = [];

    /// <summary>What guards kept back this time.</summary>
    public ImmutableArray<Held> Held { get; init; } = [];
}

/// <summary>The answer to an order or submission, by the number its sender gave it.</summary>
public sealed record Reply(long Request, OrderOutcome Outcome);

/// <summary>What became of an order.</summary>
public sealed record OrderOutcome
{
    public bool Accepted => Errors.IsEmpty;

    public ImmutableArray<SpecError> Errors { get; init; } = [];

    public ImmutableArray<ObjectOutcome> Objects { get; init; } = [];

    public ImmutableArray<Warning> Warnings { get; init; } = [];

    /// <summary>The order itself was wrong: a number out of bounds, a word that names nothing.</summary>
    public bool BadInput { get; init; }

    public static OrderOutcome Invalid(params ReadOnlySpan<SpecError> errors) => new()
    {
        Errors = [.. errors], BadInput = true,
    };

    public static OrderOutcome Refused(params ReadOnlySpan<SpecError> errors) => new() { Errors = [.. errors] };
}

/// <summary>What was accepted and may still surprise.</summary>
/// <param name="Object">Key of the object it is about.</param>
/// <param name="Message">One sentence, with what to do about it.</param>
public sealed record Warning(string Object, string Message);

/// <summary>What happened to one object of a submission, or by an order.</summary>
/// <param name="Object">Its key.</param>
/// <param name="Change">What became of it.</param>
/// <param name="Message">What is done now; empty when the change says all.</param>
public sealed record ObjectOutcome(string Object, ObjectChange Change, string Message);

public enum ObjectChange
{
    Unchanged,
    Created,
    Changed,
    Removed,
}
