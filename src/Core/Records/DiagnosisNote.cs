using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Records;

/// <summary>The last diagnosis of a node, under way or over.</summary>
/// <param name="Id">The node's goal revision with which it was ordered: unique for ever.</param>
/// <param name="Boot">The boot that was to be looked at; null: it was waived while the node was off.</param>
/// <param name="Why">Why it was ordered, or what came of it.</param>
/// <param name="OrderedAt">UTC.</param>
/// <param name="Limit">How long its host may look.</param>
/// <param name="Due">When it counts as unanswered, UTC.</param>
public sealed record DiagnosisNote(
    long Id, BootId? Boot, Reason Why, DateTimeOffset OrderedAt, TimeSpan Limit, DateTimeOffset Due)
{
    public DiagnosisOutcome Outcome { get; init; }

    /// <summary>When that was known, UTC; null: it is under way.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What was found, on the node and from here.</summary>
    public ImmutableArray<DiagnosisFinding> Findings { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary>What came of a diagnosis.</summary>
public enum DiagnosisOutcome
{
    /// <summary>Its host looks.</summary>
    Running,

    /// <summary>Something was found well, and nothing bad.</summary>
    Passed,

    /// <summary>Something was found bad: the node takes no seats.</summary>
    Failed,

    /// <summary>No answer came in time, or none of its checks could tell anything: it is ordered again.</summary>
    Unanswered,

    /// <summary>An operator gave the node back without it.</summary>
    Waived,
}
