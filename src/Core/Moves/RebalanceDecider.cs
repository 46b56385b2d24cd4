using System.Collections.Immutable;
using Havm.Core.Busyness;
using Havm.Core.Placement;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Moves;

/// <summary>
/// Where the policy asks for it: evens out load that has been uneven for a while, one party at a time, by the move that
/// helps most. It waits while anything is on its way, and makes no move that helps little or that placement would like
/// less.
/// </summary>
public static class RebalanceDecider
{
    /// <summary>A move that leaves more than this part of the imbalance is not worth a restart.</summary>
    private const double WorthARestart = 0.95;

    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        if (cluster.Policy.Placement.Rebalance is not { } terms || cluster.UnevenSince is not { } since
            || now - since < terms.Hold || IsBusy(cluster))
        {
            return [];
        }

        var planner = new MovePlanner(cluster);
        var load = new LoadPicture(planner.View);
        if (load.Imbalance <= terms.Threshold || Best(cluster, planner, load) is not { } best)
        {
            return [];
        }

        var because = FormattableString.Invariant(
            $"load is uneven by {load.Imbalance:0.00}, over {terms.Threshold:0.00}, and then by {best.After:0.00}");
        return planner.Send(best.Party, best.To, MoveCause.Rebalance, because);
    }

    /// <summary>
    /// Since when load is more uneven than the policy lets pass; the wait begins anew with everything that moves. For
    /// the end of a round.
    /// </summary>
    public static Cluster Note(Cluster cluster, Instant now)
    {
        if (cluster.Policy.Placement.Rebalance is not { } terms)
        {
            return cluster.UnevenSince is null ? cluster : cluster with { UnevenSince = null };
        }

        var uneven = new LoadPicture(new PlacementView(cluster)).Imbalance > terms.Threshold;
        var since = !uneven ? (Instant?)null : IsBusy(cluster) ? now : cluster.UnevenSince ?? now;
        return since == cluster.UnevenSince ? cluster : cluster with { UnevenSince = since };
    }

    /// <summary>Something is on its way, or a node may be about to lose what it runs.</summary>
    private static bool IsBusy(Cluster cluster) =>
        cluster.Ledger.Instances.Restless.Any(i => i.Move is not null || !i.Unproven.IsEmpty)
        || cluster.Ledger.Nodes.Values.Any(n => n.Phase == NodePhase.Lost || n.Fence is not null);

    /// <summary>From the most loaded nodes first; the move that leaves load the least uneven.</summary>
    private static (ImmutableArray<Instance> Party, NodeName To, double After)? Best(
        Cluster cluster, MovePlanner planner, LoadPicture load)
    {
        foreach (var from in load.Heaviest)
        {
            (ImmutableArray<Instance> Party, NodeName To, double After)? best = null;
            foreach (var instance in cluster.Ledger.Instances.Touching(from.Node.Name))
            {
                var party = RestingPlace.IsCalm(cluster, instance)
                    && BusyRule.Keeps(cluster.Ledger, instance) is null ? planner.PartyOf(instance) : [];
                foreach (var to in party.IsEmpty ? [] : load.Lightest)
                {
                    var after = load.After(party, from, to);
                    if (after < load.Imbalance * WorthARestart && !(after >= best?.After)
                        && RestingPlace.HasNotFailed(cluster, to.Node.Name, party)
                        && planner.Refusal(party, to) is null && !planner.Worsens(party, from, to))
                    {
                        best = (party, to.Node.Name, after);
                    }
                }
            }

            if (best is not null)
            {
                return best;
            }
        }

        return null;
    }
}
