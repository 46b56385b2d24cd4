using System.Collections.Immutable;

namespace Havm.Model;

/// <summary>
/// A node is to be looked at before it is trusted again. It rides on the node's goal until its answer is on record, so
/// no restart of anybody loses it; an order that comes twice is carried out once.
/// </summary>
/// <param name="Id">Unique for the node for ever.</param>
/// <param name="Limit">What is not found out by then is not told; 15 s to 15 min.</param>
public sealed record DiagnosisOrder(long Id, TimeSpan Limit);

/// <summary>What the host found.</summary>
/// <param name="Id">The order that it answers.</param>
/// <param name="Findings">One for each thing that was looked at.</param>
public sealed record DiagnosisReport(long Id, ImmutableArray<DiagnosisFinding> Findings);

/// <summary>One thing that was looked at.</summary>
/// <param name="Check">Which check, in one word: "memory".</param>
/// <param name="Of">Which one, where a check looks at several; empty where there is one.</param>
/// <param name="Result">How it stands.</param>
/// <param name="Message">What was found, in words.</param>
/// <param name="Remedy">The one thing to do; empty where there is nothing to do.</param>
public sealed record DiagnosisFinding(
    string Check, string Of, DiagnosisResult Result, string Message, string Remedy)
{
    /// <summary>It says that a part of the machine is broken, which no setting mends.</summary>
    public bool Hardware { get; init; }
}

public enum DiagnosisResult
{
    /// <summary>It is as it should be.</summary>
    Pass,

    /// <summary>It is not.</summary>
    Fail,

    /// <summary>Nobody can tell on this machine: it is said, and nothing is concluded from it.</summary>
    CannotTell,
}
