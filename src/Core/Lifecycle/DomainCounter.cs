using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Lifecycle;

/// <summary>Gives update domains round-robin: always the emptiest of the set, the lowest number first.</summary>
internal sealed class DomainCounter(Ledger ledger)
{
    private readonly Dictionary<string, int[]> _counts = [];

    public int Next(string? set)
    {
        if (set is null || ledger.Find<AvailabilitySetSpec>("AvailabilitySet", set) is not { } spec)
        {
            return 0;
        }

        if (!_counts.TryGetValue(set, out var counts))
        {
            counts = new int[spec.UpdateDomains];
            foreach (var member in ledger.Instances.Values.Where(i =>
                i.AvailabilitySet == set && i.UpdateDomain < counts.Length))
            {
                counts[member.UpdateDomain]++;
            }

            _counts[set] = counts;
        }

        var domain = Array.IndexOf(counts, counts.Min());
        counts[domain]++;
        return domain;
    }
}
