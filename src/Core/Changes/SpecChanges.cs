using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Changes;

/// <summary>An object was created or replaced.</summary>
public sealed record SpecPut(SpecObject Object) : Change
{
    public override Ledger Apply(Ledger ledger)
    {
        var key = Object.Key.ToString();
        var revision = (ledger.Specs.GetValueOrDefault(key)?.Revision ?? 0) + 1;
        return ledger with { Specs = ledger.Specs.SetItem(key, Object with { Revision = revision }) };
    }

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
