using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Changes;

/// <summary>An object was created or replaced.</summary>
public sealed record SpecPut(SpecObject Object) : Change
{
    public override Ledger Apply(Ledger ledger) =>
        ledger with { Specs = ledger.Specs.SetItem(Object.Key.ToString(), Object) };

    public override IEnumerable<RecordKey> Touches(Ledger before) => [new(RecordTable.Spec, Object.Key.ToString())];

    public override string Subject => Object.Key.ToString();
}

/// <summary>An object was deleted; what was made from it leaves in good order.</summary>
public sealed record SpecRemoved(SpecKey Key) : Change
{
    public override Ledger Apply(Ledger ledger) => ledger with { Specs = ledger.Specs.Remove(Key.ToString()) };

    public override IEnumerable<RecordKey> Touches(Ledger before) => [new(RecordTable.Spec, Key.ToString())];

    public override string Subject => Key.ToString();
}
