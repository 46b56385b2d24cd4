using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Wire.Api;

/// <summary>The operator's word that a node is dead.</summary>
/// <param name="BootId">The boot that is dead: it must be the one shown, so that no newer life is condemned.</param>
public sealed record ConfirmDeadRequest(string BootId);

/// <summary>A node that a person has to look at.</summary>
/// <param name="Reason">What is wrong with it, in one line.</param>
/// <param name="Drain">What sits on it moves away too.</param>
public sealed record RepairRequest(string Reason, bool Drain);

/// <param name="Now">Without probation and diagnosis.</param>
/// <param name="WithoutDiagnosis">With probation alone.</param>
public sealed record ReturnRequest(bool Now, bool WithoutDiagnosis = false);

/// <param name="To">The node it is to run on.</param>
public sealed record MoveRequest(string To);

/// <summary>Somebody outside works on an instance.</summary>
/// <param name="Seconds">60 to 86400; it ends by itself.</param>
/// <param name="Why">What is done, at most 100 characters; null: "backup or update".</param>
public sealed record BusyRequest(long Seconds, string? Why = null);

/// <param name="Target">Absolute path of a file that does not exist yet, on the controller's machine.</param>
public sealed record BackupRequest(string Target);

/// <summary>A long lease for every node, before a planned stop of the controller.</summary>
/// <param name="Seconds">60 to 86400.</param>
public sealed record HoldRequest(long Seconds);

/// <param name="Instances">0 to 1000.</param>
public sealed record ScaleRequest(string Role, int Instances);

/// <summary>What became of each object of an apply or delete; all or nothing.</summary>
public sealed record ApplyResult
{
    /// <summary>True when nothing was done and this is only what would be.</summary>
    public bool DryRun { get; init; }

    public required ImmutableArray<AppliedObject> Objects { get; init; }
}

/// <param name="Revision">The object's revision afterwards; 0 when it is gone or the run was dry.</param>
/// <param name="Warnings">What was accepted and may still surprise.</param>
/// <param name="Message">What is done now; null when the outcome says all.</param>
public sealed record AppliedObject(
    string Kind, string Name, ApplyOutcome Outcome, long Revision, ImmutableArray<string> Warnings,
    string? Message = null);

public enum ApplyOutcome
{
    Created,
    Changed,
    Unchanged,
    Removed,
}

/// <summary>An order was taken and is durable; the doing is seen in the object and in events.</summary>
/// <param name="Object">"Instance/web-0".</param>
/// <param name="Message">What will happen.</param>
/// <param name="AtEvent">Events after this sequence tell the rest.</param>
public sealed record OrderAnswer(string Object, string Message, long AtEvent);

/// <summary>The body of every answer that is not a success.</summary>
public sealed record ErrorView
{
    /// <summary>"invalid", "refused", "notFound", "conflict", "notLeader", "tooLarge", "internal".</summary>
    public required string Code { get; init; }

    /// <summary>At least one.</summary>
    public required ImmutableArray<SpecError> Errors { get; init; }
}
