using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Changes;

/// <summary>Somebody outside works on it: its node is told that its silence is none.</summary>
public sealed record BusyMarked(InstanceName Name, BusyMark Mark) : InstanceChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var instance = ledger.Instances[Name];
        return NodeLedger.Bump(With(ledger, instance with { Busy = Mark }), instance.Seat?.Node);
    }

    public override IEnumerable<RecordKey> Touches(Ledger before) => WithSeatNode(before);
}

/// <summary>Nobody outside works on it any more.</summary>
/// <param name="At">
/// UTC. What its endpoint has not answered until then is not held against it: the wait for the next rung begins anew.
/// </param>
public sealed record BusyEnded(InstanceName Name, DateTimeOffset At) : InstanceChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var instance = ledger.Instances[Name];
        var next = instance with
        {
            Busy = null,
            Endpoint = instance.Endpoint is { } note && note.RungAt < At
                ? note with { RungAt = At } : instance.Endpoint,
        };
        return NodeLedger.Bump(With(ledger, next), instance.Seat?.Node);
    }

    public override IEnumerable<RecordKey> Touches(Ledger before) => WithSeatNode(before);
}
