using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Leases;

/// <summary>
/// When a long lease is over: T after nobody can hold it any more, because its time has passed or because every node
/// that could hold it has acknowledged its end. Until then no lease is a proof.
/// </summary>
public static class LongLeaseDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        if (cluster.Ledger.LongLease is not { State: not LongLeaseState.Over } lease
            || now - LongLeaseRule.EndsAt(cluster) < LeaseTerms.Default.LongestT)
        {
            yield break;
        }

        var why = new Reason("leases", "longLeaseOver",
            $"long lease {lease.Name} has ended everywhere for {LeaseTerms.Default.LongestT.TotalSeconds:0} s: "
                + "leases prove again");
        yield return new Proposal(new LongLeaseOver(lease.Name, why), why);
    }
}
