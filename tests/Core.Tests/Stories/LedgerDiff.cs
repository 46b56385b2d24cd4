using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>Which records differ between two ledgers, by reference: what the store has to write.</summary>
internal static class LedgerDiff
{
    public static IEnumerable<RecordKey> Between(Ledger a, Ledger b)
    {
        foreach (var key in Differing(a.Specs, b.Specs))
        {
            yield return new(RecordTable.Spec, key);
        }

        foreach (var key in Differing(a.Nodes, b.Nodes))
        {
            yield return new(RecordTable.Node, key.Value);
        }

        foreach (var key in Differing(Instances(a), Instances(b)))
        {
            yield return new(RecordTable.Instance, key.Value);
        }

        foreach (var key in Differing(a.Incidents, b.Incidents))
        {
            yield return new(RecordTable.Incident, key);
        }

        foreach (var key in Differing(a.Retired, b.Retired))
        {
            yield return new(RecordTable.Retired, key.Value);
        }

        foreach (var key in Differing(a.Accounts.Instances, b.Accounts.Instances).Select(AccountKeys.Of)
            .Concat(Differing(a.Accounts.Gone, b.Accounts.Gone).Select(AccountKeys.OfGone))
            .Concat(Differing(a.Accounts.Layers, b.Accounts.Layers).Select(AccountKeys.OfLayers)))
        {
            yield return new(RecordTable.Account, key);
        }

        if (!Equals(a.Accounts.Watch, b.Accounts.Watch))
        {
            yield return new(RecordTable.Account, AccountKeys.Watch);
        }

        if (a.LongLease != b.LongLease)
        {
            yield return new(RecordTable.LongLease, "newest");
        }

        if (a.Observing != b.Observing)
        {
            yield return new(RecordTable.Observing, "now");
        }

        if (a.Counters != b.Counters)
        {
            yield return new(RecordTable.Meta, "counters");
        }
    }

    private static Dictionary<InstanceName, Instance> Instances(Ledger ledger) =>
        ledger.Instances.Values.ToDictionary(i => i.Name);

    private static IEnumerable<TKey> Differing<TKey, TValue>(
        IReadOnlyDictionary<TKey, TValue> a, IReadOnlyDictionary<TKey, TValue> b) where TKey : notnull =>
        a.Keys.Union(b.Keys)
            .Where(key => !a.TryGetValue(key, out var x) || !b.TryGetValue(key, out var y) || !Equals(x, y));
}
