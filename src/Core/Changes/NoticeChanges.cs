using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Changes;

/// <summary>Its guest has had its notice: its node is told what is planned with it.</summary>
public sealed record NoticeEnded(InstanceName Name) : InstanceChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var instance = ledger.Instances[Name];
        return NodeLedger.Bump(With(ledger, instance with { Notice = null }), instance.Seat?.Node);
    }

    public override IEnumerable<RecordKey> Touches(Ledger before) => WithSeatNode(before);
}
