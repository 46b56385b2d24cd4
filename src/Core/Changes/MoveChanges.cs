using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Changes;

/// <summary>A healthy instance is to start on another node: it is shut down where it sits.</summary>
public sealed record MoveBegun(InstanceName Name, MoveNote Note) : InstanceChange(Name)
{
    /// <summary>It leaves rotation before it stops; null: it is in none.</summary>
    public RotationExit? Exit { get; init; }

    /// <summary>Its guest is told before it stops; null: it does not ask.</summary>
    public NoticeNote? Notice { get; init; }

    public override Ledger Apply(Ledger ledger)
    {
        var instance = ledger.Instances[Name];
        if (instance.Seat?.Node != Note.From)
        {
            throw new InvalidOperationException($"instance {Name} is to leave {Note.From} and does not sit there");
        }

        // Who orders a move has decided where it belongs; what maintenance moved on stays bound to where it was first.
        var returns = Note switch
        {
            { Cause: MoveCause.Order } => null,
            { Returns: true } => instance.ReturnsTo ?? Note.From,
            _ => instance.ReturnsTo,
        };
        var moving = instance with { Move = Note, ReturnsTo = returns, RotationExit = Exit, Notice = Notice };
        return NodeLedger.Bump(With(ledger, moving), Note.From);
    }

    public override IEnumerable<RecordKey> Touches(Ledger before) => WithSeatNode(before);
}

/// <summary>The move is off: it was stopped or deleted meanwhile, or runs elsewhere already.</summary>
public sealed record MoveEnded(InstanceName Name, Reason Why) : InstanceChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var instance = ledger.Instances[Name];
        var stays = instance with
        {
            // What took the move's place, a stop or a deletion, goes on leaving.
            Move = null, RotationExit = instance.Wanted == WantedState.Running ? null : instance.RotationExit,
            Notice = instance.Wanted == WantedState.Running ? null : instance.Notice,
        };
        return NodeLedger.Bump(With(ledger, stays), instance.Seat?.Node);
    }

    public override IEnumerable<RecordKey> Touches(Ledger before) => WithSeatNode(before);
}

/// <summary>It does not go back to where it was before the maintenance.</summary>
public sealed record ReturnForgotten(InstanceName Name) : InstanceChange(Name)
{
    public override Ledger Apply(Ledger ledger) =>
        With(ledger, ledger.Instances[Name] with { ReturnsTo = null });
}

/// <summary>Where an instance that is stopped starts next, as far as that node can take it then.</summary>
public sealed record StartNodeChosen(InstanceName Name, NodeName Node) : InstanceChange(Name)
{
    public override Ledger Apply(Ledger ledger) =>
        With(ledger, ledger.Instances[Name] with { LastNode = Node, ReturnsTo = null });
}
