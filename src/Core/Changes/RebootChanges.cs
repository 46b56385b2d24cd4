using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Changes;

/// <summary>
/// An instance whose seat was taken back waits for its node, which is powered on for that, before it starts elsewhere.
/// </summary>
public sealed record RestartAwaited(InstanceName Name, AwaitNote Note) : InstanceChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        var instance = ledger.Instances[Name];
        if (instance.Seat is not null)
        {
            throw new InvalidOperationException($"instance {Name} has a seat and is to wait for {Note.Node}");
        }

        var node = ledger.Nodes[Note.Node];
        return With(ledger, instance with { Awaits = Note }) with
        {
            Nodes = ledger.Nodes.SetItem(node.Name, node with
            {
                PowerOn = node.PowerOn is { } note ? note with { Awaited = true, Why = null } : null,
            }),
        };
    }

    public override IEnumerable<RecordKey> Touches(Ledger before) =>
        [.. base.Touches(before), new(RecordTable.Node, Note.Node.Value)];
}

/// <summary>It does not wait for its node any more: it starts wherever it can.</summary>
public sealed record RestartAwaitEnded(InstanceName Name, Reason Why) : InstanceChange(Name)
{
    public override Ledger Apply(Ledger ledger) =>
        With(ledger, ledger.Instances[Name] with { Awaits = null });
}
