using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Moves;

/// <summary>
/// Brings home what maintenance moved away, once its node takes seats again. It stays where it is when its pins prefer
/// that, and for as long as home is not legal.
/// </summary>
public static class ReturnDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        var planner = new Lazy<MovePlanner>(() => new MovePlanner(cluster));
        foreach (var instance in cluster.Ledger.Instances.Restless)
        {
            if (instance is not { ReturnsTo: { } home, Move: null })
            {
                continue;
            }

            if (!cluster.Ledger.Nodes.TryGetValue(home, out var node))
            {
                var gone = new Reason("moves", "returnForgotten", $"{instance.Name} stays: {home} left the cluster");
                yield return new Proposal(new ReturnForgotten(instance.Name), gone) { Told = false };
                continue;
            }

            foreach (var move in Home(cluster, planner, instance, node))
            {
                yield return move;
            }
        }
    }

    private static IEnumerable<Proposal> Home(
        Cluster cluster, Lazy<MovePlanner> planner, Instance instance, NodeRecord home)
    {
        if (instance.Seat is not { } seat || !RestingPlace.IsCalm(cluster, instance)
            || !RestingPlace.TakesBack(cluster, home, [instance])
            || planner.Value.View.SeatOf(instance.Name) != seat.Node)
        {
            return [];
        }

        var rules = planner.Value.View.Rules;
        var party = planner.Value.PartyOf(instance);
        return !party.IsEmpty && planner.Value.View.Find(home.Name) is { } there
            && party.All(member =>
                rules.Preference(member.Name, home.Name) >= rules.Preference(member.Name, seat.Node))
            && planner.Value.Refusal(party, there) is null
            ? planner.Value.Send(
                party, home.Name, MoveCause.Maintenance, $"it was moved away from {home.Name} for maintenance")
            : [];
    }
}
