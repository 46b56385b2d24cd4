using Havm.Core.Admission;
using Havm.Core.Changes;
using Havm.Core.Disarming;
using Havm.Core.Leaders;
using Havm.Core.Leases;
using Havm.Core.Liveness;
using Havm.Model;

namespace Havm.Core;

/// <summary>
/// The controller's mind as one function: facts and time go in, a decision comes out. Everything around it (inbox,
/// store, network, clock) is the runner's.
/// </summary>
public static class Controller
{
    /// <summary>Takes all inputs, then decides what is due.</summary>
    /// <param name="cluster">The last committed picture.</param>
    /// <param name="inputs">In order of arrival.</param>
    /// <param name="now">This controller's clock.</param>
    /// <param name="wall">UTC for records.</param>
    public static Decision Step(Cluster cluster, IReadOnlyList<Input> inputs, Instant now, DateTimeOffset wall)
    {
        var draft = new DecisionDraft(cluster with { Wall = wall });

        // A newer leader is heard of first: whatever came with that word is no longer ours to obey.
        foreach (var input in inputs.OrderBy(i => NewerState.In(cluster, i) is null ? 1 : 0))
        {
            draft.Hear(Ear.Hear(draft.Cluster, input, now));
            OrderDesk.Take(draft, input, now);
        }

        Round.Run(draft, now);
        return draft.Close();
    }

    /// <summary>
    /// What must be durable before an operator's adoption of this state takes effect: the state may be older than
    /// promises that nodes still hold.
    /// </summary>
    public static Decision Adopt(Cluster cluster, Instant now, DateTimeOffset wall)
    {
        var draft = new DecisionDraft(cluster with { Wall = wall });
        draft.Add(LongLeaseRule.Feared(draft.Cluster), now);
        draft.Add(DisarmRule.Feared(draft.Cluster), now);
        var (seen, own) = (cluster.Office.HighestSeen, cluster.Office.Epoch);
        var why = new Reason("leaders", "stateAdopted",
            "an operator adopted this state; every node is asked what it runs before anything is started");
        draft.Add(new Proposal(new StateAdopted(seen > own ? seen : own), why), now);
        return draft.Close();
    }
}
