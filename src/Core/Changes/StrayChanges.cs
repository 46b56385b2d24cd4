using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Changes;

/// <summary>
/// The seat follows a machine that somebody moved or started by hand to where it runs, at the generation it has; one
/// that names none gets the next. Where the seat was, that generation may never run again, and its end there has to be
/// proven before the instance is started anywhere.
/// </summary>
public sealed record InstanceAdopted(
    InstanceName Name, NodeName Node, Generation Copy, Epoch Epoch, Reason Why, DateTimeOffset At)
    : InstanceChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var before = ledger.Instances[Name].Seat is null
            ? ledger
            : new SeatWithdrawn(Name, Epoch, Why).Apply(ledger);
        var instance = before.Instances[Name];
        var generation = Copy == Generation.None ? instance.Highest.Next : Copy;
        if (before.Nodes[Node].Boot is null
            || (before.Nodes[Node].Floors.TryGetValue(Name, out var floor) && generation <= floor)
            || instance.Unproven.Any(s => s.Node == Node && generation <= s.Generation))
        {
            throw new InvalidOperationException($"{Name} was adopted on {Node}, where its generation is withdrawn");
        }

        // With what policy it was started is not known here: none whose lease could prove anything.
        var seat = new Seat(Node, generation, Why, At, IsolationPolicy.LeaveRunning) { Adopted = true };
        return NodeLedger.Bump(
            With(before, instance with
            {
                Seat = seat,
                Highest = generation > instance.Highest ? generation : instance.Highest,
                LastNode = Node,
                RotationExit = null,
                Notice = null,
                Failures = new FailedTries(),

                // Where a start failed meanwhile it met the locks of the copy: that node is as good as any.
                FailedStart = null,

                // Whoever ordered a move has been overtaken by somebody's hands.
                Move = null,
                Awaits = null,
                StartWait = null,
            }), Node);
    }

    public override IEnumerable<RecordKey> Touches(Ledger before) =>
        [.. WithSeatNode(before), new(RecordTable.Node, Node.Value)];
}

/// <summary>A machine whose generation was replaced since, or whose instance is none: its node ends it.</summary>
public sealed record CopyRuledOut(NodeName Name, InstanceName Instance, Generation Generation, Reason Why)
    : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var node = ledger.Nodes[Name];
        return With(ledger, node with
        {
            Floors = node.Floors.SetItem(Instance, Generation), GoalRevision = node.GoalRevision + 1,
        });
    }
}
