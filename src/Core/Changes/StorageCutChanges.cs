using System.Collections.Immutable;
using Havm.Core.Fencing;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Changes;

/// <summary>
/// Storage shall refuse one boot of a node. Durable before it is told so, because it must be given back one day. The
/// number is given here.
/// </summary>
public sealed record CutOrdered(NodeName Name, StorageCut Draft) : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var node = ledger.Nodes[Name];
        var counters = ledger.Counters.Ordered(Name, Draft.Boot);
        var cut = Draft with { Id = counters.FenceOrder };
        var next = With(ledger, node with { Cut = cut }) with { Counters = counters };
        return node.Incident is { } id && next.Incidents.TryGetValue(id, out var incident)
            ? next with
            {
                Incidents = next.Incidents.SetItem(id, incident with { FencedAt = incident.FencedAt ?? cut.OrderedAt }),
            }
            : next;
    }

    public override IEnumerable<RecordKey> Touches(Ledger before) => before.Nodes[Name].Incident is { } incident
        ? [.. base.Touches(before), RecordKeys.Counters, new(RecordTable.Incident, incident)]
        : [.. base.Touches(before), RecordKeys.Counters];
}

/// <summary>A cut that stands moves on; one that is over is left alone.</summary>
public abstract record CutChange(NodeName Name, long Cut) : NodeChange(Name)
{
    public sealed override Ledger Apply(Ledger ledger) =>
        ledger.Nodes[Name] is { Cut: { } cut } node && cut.Id == Cut
            ? With(ledger, node with { Cut = Next(cut) })
            : ledger;

    protected abstract StorageCut? Next(StorageCut cut);
}

/// <summary>
/// What was told to refuse it has taken the order. Durable, because Off alone proves nothing: that of a node whose
/// registration was lost says the same, and nothing refuses that one.
/// </summary>
public sealed record CutTaken(NodeName Name, long Cut, FenceMethod Method) : CutChange(Name, Cut)
{
    protected override StorageCut Next(StorageCut cut) =>
        cut.Taken.Contains(Method) ? cut : cut with { Taken = cut.Taken.Add(Method) };
}

/// <summary>
/// It says Off of a boot that goes on writing there. Durable, because the next leader might not see that boot write.
/// </summary>
public sealed record CutDoubted(NodeName Name, long Cut, FenceMethod Method) : CutChange(Name, Cut)
{
    protected override StorageCut Next(StorageCut cut) =>
        cut.Doubted.Contains(Method) ? cut : cut with { Doubted = cut.Doubted.Add(Method) };
}

/// <summary>Further datastores were seen to refuse it.</summary>
public sealed record CutProven(NodeName Name, CutProof Proof) : CutChange(Name, Proof.Cut)
{
    protected override StorageCut Next(StorageCut cut) => cut with
    {
        Refusing = [.. cut.Refusing.Union(Proof.Datastores).Order(StringComparer.Ordinal)], Proof = Proof.Reason,
    };
}

/// <summary>Storage took the writes of the boot that it was seen to refuse.</summary>
public sealed record CutBroken(NodeName Name, long Cut, Reason Why) : CutChange(Name, Cut)
{
    protected override StorageCut Next(StorageCut cut) => cut with { Broken = Why };
}

/// <summary>
/// It is to take the node's writes again. Durable before it is told so: nothing is proven by it any more.
/// </summary>
public sealed record CutGivenBack(NodeName Name, long Cut, Reason Why) : CutChange(Name, Cut)
{
    protected override StorageCut Next(StorageCut cut) => cut with { GivesBack = Why, Refusing = [] };
}

/// <summary>All its storage takes the node's writes again.</summary>
public sealed record CutEnded(NodeName Name, long Cut) : CutChange(Name, Cut)
{
    protected override StorageCut? Next(StorageCut cut) => null;
}
