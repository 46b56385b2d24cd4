using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Changes;

/// <summary>
/// An operator made this state the cluster's. What nodes obeyed up to that epoch is no reproach any more, and every
/// node's word is needed before anything is given a seat, also of those that this state never heard: they may have
/// joined since it was saved.
/// </summary>
public sealed record StateAdopted(Epoch Beyond) : Change
{
    public override Ledger Apply(Ledger ledger) => ledger with
    {
        BackupMade = null,
        Counters = ledger.Counters with { AdoptedBeyond = Beyond },
        Nodes = ledger.Nodes.SetItems(
            ledger.Nodes.Select(n => KeyValuePair.Create(n.Key, n.Value with { Unaccounted = true }))),
    };

    public override IEnumerable<RecordKey> Touches(Ledger before) =>
    [
        RecordKeys.Counters,
        RecordKeys.Backup,
        .. before.Nodes.Keys.Select(n => new RecordKey(RecordTable.Node, n.Value)),
    ];

    public override string Subject => "Cluster";
}

/// <summary>Since the adoption this node has told all that it runs, or was read off.</summary>
public sealed record NodeAccounted(NodeName Name) : NodeChange(Name)
{
    public override Ledger Apply(Ledger ledger) => With(ledger, ledger.Nodes[Name] with { Unaccounted = false });
}

/// <summary>
/// A node knows a generation beyond all that this state gave out. The state that gave it had proven every earlier one
/// dead; so who holds it has the seat, and the one that this state
/// knew is void.
/// </summary>
public sealed record GenerationFound(
    InstanceName Name, NodeName Node, Generation Generation, bool Holds, Reason Why, DateTimeOffset At)
    : InstanceChange(Name)
{
    public override Ledger Apply(Ledger ledger)
    {
        if (!ledger.Instances.TryGetValue(Name, out var instance))
        {
            return ledger with { Retired = ledger.Retired.SetItem(Name, Generation) };
        }

        if (!Holds)
        {
            return With(ledger, instance with { Highest = Generation });
        }

        var old = instance.Seat;
        // What isolation policy the lost state gave it is not known: none whose lease could prove anything.
        var found = new Seat(Node, Generation, Why, At, IsolationPolicy.LeaveRunning) { Adopted = true };
        // What was ordered of the seat of these books, or failed there, is overtaken.
        var next = NodeLedger.Bump(
            With(ledger, instance with
            {
                Highest = Generation,
                Seat = found,
                Unproven = [],
                Move = null,
                Failures = new FailedTries(),
            }),
            Node);
        return old is null || old.Node == Node || !next.Nodes.TryGetValue(old.Node, out var home)
            ? next
            : NodeLedger.Bump(next with
            {
                Nodes = next.Nodes.SetItem(old.Node, home with { Floors = home.Floors.SetItem(Name, old.Generation) }),
            }, old.Node);
    }

    public override IEnumerable<RecordKey> Touches(Ledger before) =>
    [
        .. base.Touches(before),
        new(RecordTable.Retired, Name.Value),
        new(RecordTable.Node, Node.Value),
        .. before.Instances.TryGetValue(Name, out var instance) && instance.Seat is { } seat
            ? [new RecordKey(RecordTable.Node, seat.Node.Value)]
            : Array.Empty<RecordKey>(),
    ];
}
