using System.Collections.Immutable;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Changes;

/// <summary>A node is to be looked at before it is trusted again: its goal says so. The number is given here.</summary>
public sealed record DiagnosisOrdered(NodeName Name, DiagnosisNote Draft) : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var node = ledger.Nodes[Name];
        var revision = node.GoalRevision + 1;
        return With(ledger, node with { GoalRevision = revision, Diagnosis = Draft with { Id = revision } });
    }
}

/// <summary>What came of a diagnosis; the node's goal asks for it no more.</summary>
public sealed record DiagnosisEnded(
    NodeName Name, DiagnosisOutcome Outcome, ImmutableArray<DiagnosisFinding> Findings, Reason Why, DateTimeOffset At)
    : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var node = ledger.Nodes[Name];
        return With(ledger, node with
        {
            GoalRevision = node.GoalRevision + 1,
            Diagnosis = node.Diagnosis! with { Outcome = Outcome, Findings = Findings, Why = Why, EndedAt = At },
        });
    }
}
