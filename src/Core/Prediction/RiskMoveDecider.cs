using Havm.Core.Moves;
using Havm.Core.Records;
using Havm.Core.Recovery;
using Havm.Model;

namespace Havm.Core.Prediction;

/// <summary>
/// What sits on a node that will likely fail, and is kept away for that, moves to another, where the policy says
/// `moveAway` and one can take it: a cold move, with a restart. What has nowhere to go stays.
/// </summary>
public static class RiskMoveDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        MovePlanner? planner = null;
        foreach (var node in cluster.Ledger.Nodes.Values)
        {
            if (!RiskRule.IsLeft(cluster, node))
            {
                continue;
            }

            planner ??= new MovePlanner(cluster);
            foreach (var instance in RestartOrder.Of(cluster.Ledger.Instances.Touching(node.Name)
                .Where(i => i.Seat?.Node == node.Name)).ToList())
            {
                var party = planner.PartyOf(instance);
                var place = party.IsEmpty ? null : planner.Best(party, to => to.Node.Name != node.Name);
                foreach (var move in place is null
                    ? []
                    : planner.Send(party, place.Node.Name, MoveCause.Risk, $"{node.Name} will likely fail"))
                {
                    yield return move;
                }
            }
        }
    }
}
