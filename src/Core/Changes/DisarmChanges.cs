using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Changes;

/// <summary>A change of the disarm on record; where nodes are to hear of it every goal changes with it.</summary>
public abstract record DisarmChange : Change
{
    public override IEnumerable<RecordKey> Touches(Ledger before) =>
    [
        new(RecordTable.Disarm, "newest"),
        .. before.Nodes.Keys.Select(n => new RecordKey(RecordTable.Node, n.Value)),
    ];

    public override string Subject => "Cluster";

    protected static Ledger Told(Ledger ledger, Disarm disarm) => ledger with
    {
        Disarm = disarm,
        Nodes = ledger.Nodes.SetItems(ledger.Nodes.Select(n =>
            KeyValuePair.Create(n.Key, n.Value with { GoalRevision = n.Value.GoalRevision + 1 }))),
    };
}

/// <summary>Nothing is started, stopped or fenced from now on, and no lease proves until it is over.</summary>
public sealed record Disarmed(Disarm Disarm) : DisarmChange
{
    public override Ledger Apply(Ledger ledger) => Told(ledger, Disarm);
}

/// <summary>It is over, and before nodes are told each is searched for what people have done.</summary>
public sealed record LookAroundBegun(Reason Why) : DisarmChange
{
    public override Ledger Apply(Ledger ledger) => ledger with
    {
        Disarm = ledger.Disarm! with { State = DisarmState.LookingAround, Why = Why },
    };

    public override IEnumerable<RecordKey> Touches(Ledger before) => [new(RecordTable.Disarm, "newest")];
}

/// <summary>Automation is on again; nodes are told.</summary>
public sealed record Rearmed(Automation Word, Reason Why) : DisarmChange
{
    public override Ledger Apply(Ledger ledger) => Told(ledger, ledger.Disarm! with
    {
        Word = Word, State = DisarmState.Rearming, Why = Why,
    });
}

/// <summary>This state was adopted: nodes may hold to a disarm that it knows nothing of.</summary>
public sealed record DisarmFeared(Disarm Disarm) : DisarmChange
{
    public override Ledger Apply(Ledger ledger) => Told(ledger, Disarm);
}

/// <summary>No node holds to it any more, and T has passed since.</summary>
public sealed record DisarmOver(Reason Why) : DisarmChange
{
    public override Ledger Apply(Ledger ledger) => ledger with
    {
        Disarm = ledger.Disarm! with { State = DisarmState.Over, Why = Why },
    };

    public override IEnumerable<RecordKey> Touches(Ledger before) => [new(RecordTable.Disarm, "newest")];
}
