using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Changes;

/// <summary>A change of the long lease on record alone.</summary>
public abstract record LongLeaseChange(LongLeaseName Name) : Change
{
    public override IEnumerable<RecordKey> Touches(Ledger before) => [new(RecordTable.LongLease, "newest")];

    public override string Subject => $"LongLease/{Name}";
}

/// <summary>Nodes may be given it from now on, and no lease proves until it is over.</summary>
public sealed record LongLeaseGranted(LongLease Lease) : LongLeaseChange(Lease.Name)
{
    public override Ledger Apply(Ledger ledger) => ledger with { LongLease = Lease };
}

/// <summary>
/// This state was adopted: one that it knows nothing of may have been granted by the state it replaces.
/// </summary>
public sealed record LongLeaseFeared(LongLease Lease) : LongLeaseChange(Lease.Name)
{
    public override Ledger Apply(Ledger ledger) => ledger with { LongLease = Lease };
}

/// <summary>An operator ended it before its time; whoever holds it is told.</summary>
public sealed record LongLeaseEnded(LongLeaseName Name, Reason Why) : LongLeaseChange(Name)
{
    public override Ledger Apply(Ledger ledger) => ledger with
    {
        LongLease = ledger.LongLease! with { State = LongLeaseState.Ending, Why = Why },
    };
}

/// <summary>Nobody can hold it any more, and T has passed since.</summary>
public sealed record LongLeaseOver(LongLeaseName Name, Reason Why) : LongLeaseChange(Name)
{
    public override Ledger Apply(Ledger ledger) => ledger with
    {
        LongLease = ledger.LongLease! with { State = LongLeaseState.Over, Why = Why },
    };
}
