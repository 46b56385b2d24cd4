using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Changes;

/// <summary>Its sensors say that a node will likely fail.</summary>
public sealed record NodeWillFail(NodeName Name, RiskNote Note) : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger) => With(ledger, ledger.Nodes[Name] with { Risk = Note });
}

/// <summary>Its sensors say less of a node than before, or for the first time that something wears.</summary>
/// <param name="Note">Null: they say nothing any more.</param>
public sealed record NodeRiskMoved(NodeName Name, RiskNote? Note) : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger) => With(ledger, ledger.Nodes[Name] with { Risk = Note });
}
