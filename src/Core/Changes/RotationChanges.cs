using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Changes;

/// <summary>It has left rotation: its node is told what is planned with it.</summary>
public sealed record RotationLeft(InstanceName Name) : InstanceChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var instance = ledger.Instances[Name];
        return NodeLedger.Bump(With(ledger, instance with { RotationExit = null }), instance.Seat?.Node);
    }

    public override IEnumerable<RecordKey> Touches(Ledger before) => WithSeatNode(before);
}

/// <summary>Its load balancer found that its endpoint does not answer: its guest agent is told.</summary>
public sealed record EndpointFailed(InstanceName Name, EndpointNote Note) : InstanceChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var instance = ledger.Instances[Name];
        return NodeLedger.Bump(With(ledger, instance with { Endpoint = Note }), instance.Seat?.Node);
    }

    public override IEnumerable<RecordKey> Touches(Ledger before) => WithSeatNode(before);
}

/// <summary>It has stayed out of rotation for too long: the next rung of the ladder is due.</summary>
public sealed record EndpointEscalated(InstanceName Name, EndpointNote Note) : InstanceChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var instance = ledger.Instances[Name];
        var next = instance with
        {
            Endpoint = Note,
            RoleRestarts = instance.RoleRestarts + (Note.Rung == EndpointRung.RoleRestarted ? 1 : 0),
            RestartOrder = instance.RestartOrder + (Note.Rung == EndpointRung.Reset ? 1 : 0),
        };
        return NodeLedger.Bump(With(ledger, next), instance.Seat?.Node);
    }

    public override IEnumerable<RecordKey> Touches(Ledger before) => WithSeatNode(before);
}

/// <summary>It is in rotation again, or nobody asks its endpoint any more.</summary>
public sealed record EndpointWell(InstanceName Name) : InstanceChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var instance = ledger.Instances[Name];
        return NodeLedger.Bump(With(ledger, instance with { Endpoint = null }), instance.Seat?.Node);
    }

    public override IEnumerable<RecordKey> Touches(Ledger before) => WithSeatNode(before);
}
