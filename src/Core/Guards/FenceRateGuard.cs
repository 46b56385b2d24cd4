using Havm.Core.Changes;
using Havm.Model;

namespace Havm.Core.Guards;

/// <summary>
/// Power-off orders in 10 minutes never exceed the nodes of one fault domain or 10 % of all, whichever is larger.
/// Nodes that were proven off without an order do not count. Counted twice, by what is on record and by what this
/// leader sent on its own monotonic clock, so that neither a new leader nor a clock that was set lifts the limit early.
/// </summary>
public sealed class FenceRateGuard : IGuard
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    public string ReleasedBy =>
        "the oldest fence of the last 10 minutes growing older than that, or `havm node confirm-dead`";

    public Reason? Holds(Cluster cluster, Census census, Proposal proposal, Instant now)
    {
        if (proposal.Change is not FenceOrdered)
        {
            return null;
        }

        var recorded = cluster.Ledger.Incidents.Values.Count(i => i.FencedAt is { } at && cluster.Wall - at < Window);
        var sent = cluster.Heard.Values.Count(
            h => h.Rungs.Any(r => r.OffSentAt is { } at && now - at < Window));
        var recent = Math.Max(recorded, sent);
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
}
