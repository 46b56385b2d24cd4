using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Changes;

/// <summary>Something is wrong with a node that goes on speaking.</summary>
/// <remarks>One that is known already has other words from then on.</remarks>
public sealed record AilmentBegan(NodeName Name, NodeAilment Ailment) : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var node = ledger.Nodes[Name];
        return With(ledger, node with
        {
            Ailments =
            [
                .. node.Ailments.RemoveAll(Ailment.IsSameAs).Append(Ailment)
                    .OrderBy(a => a.Kind).ThenBy(a => a.Of, StringComparer.Ordinal),
            ],
        });
    }
}

/// <summary>It is wrong no more.</summary>
public sealed record AilmentEnded(NodeName Name, NodeAilment Ailment) : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var node = ledger.Nodes[Name];
        return With(ledger, node with { Ailments = node.Ailments.RemoveAll(Ailment.IsSameAs) });
    }
}
