using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Guards;

/// <summary>
/// Nodes that are ordered off, or cut off from storage, in 10 minutes never exceed the nodes of one fault domain or a
/// tenth of all, whichever is larger. Nodes that were proven off without an order do not count. Counted twice, by what
/// was ordered and by what this leader sent, which may be later; both ages on monotonic clocks
/// (<see cref="FenceAgeDecider"/>), so that neither a new leader nor a clock that was set lifts the limit early.
/// </summary>
public sealed class FenceRateGuard : IGuard
{
    public string ReleasedBy =>
        "the oldest fence of the last 10 minutes growing older than that, or `havm node confirm-dead`";

    public Reason? Holds(Cluster cluster, Census census, Proposal proposal, Instant now)
    {
        // A node whose power was ordered off before counts already.
        if (proposal.Change is not FenceOrdered
            && (proposal.Change is not CutOrdered cut || IsCounted(cluster, cluster.Ledger.Nodes[cut.Name])))
        {
            return null;
        }

        var sent = cluster.Heard.Values.Count(
            h => h.Rungs.Concat(h.Cuts).Any(r => r.OffSentAt is { } at && now - at < FenceAgeDecider.Window));
        var recent = Math.Max(cluster.Ledger.Counters.Fences.Length, sent);
        var largest = cluster.Ledger.All<NodeSpec>()
            .GroupBy(n => n.Spec.Rack).Select(g => g.Count()).DefaultIfEmpty(0).Max();
        var limit = Math.Max(largest, cluster.Ledger.Nodes.Count / 10);
        return recent >= limit
            ? new Reason("guards", "fenceRateGuard",
                $"{recent} nodes were fenced in the last 10 minutes and {limit} is the limit: "
                    + "the next may be fenced when the oldest of these is 10 minutes old, "
                    + "or by an operator's confirm-dead")
            : null;
    }

    private static bool IsCounted(Cluster cluster, NodeRecord node) =>
        cluster.Ledger.Counters.Fences.Any(f => f.Node == node.Name && f.Boot == node.Boot);
}
