using System.Collections.Immutable;
using Havm.Core.Lifecycle;
using Havm.Core.Placement;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Moves;

/// <summary>
/// Placement rules for instances that run: what breaks a hard rule is moved to where it does not, and what prefers
/// another node goes back to it where failback is on. Nothing is moved that has no better place.
/// </summary>
public static class FailbackDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        var rules = PlacementRules.Of(cluster.Ledger);
        var planner = new Lazy<MovePlanner>(() => new MovePlanner(cluster));
        foreach (var name in rules.Members)
        {
            if (cluster.Ledger.Instances.GetValueOrDefault(name) is not { Seat: { } seat, Move: null } instance
                || !RestingPlace.IsCalm(cluster, instance))
            {
                continue;
            }

            foreach (var proposal in Mend(cluster, rules, planner, instance, seat.Node))
            {
                yield return proposal;
            }
        }
    }

    /// <summary>
    /// Where failback would send the party from a node, were it there; null: it would stay, or failback is off.
    /// </summary>
    public static NodeName? Prefers(MovePlanner planner, ImmutableArray<Instance> party, Candidate from)
    {
        if (!party.Any(member => member.Failback))
        {
            return null;
        }

        var value = Value(planner.View.Rules, party, from.Node.Name);
        return planner.Best(party, node => Value(planner.View.Rules, party, node.Node.Name) > value)?.Node.Name;
    }

    private static IEnumerable<Proposal> Mend(
        Cluster cluster, PlacementRules rules, Lazy<MovePlanner> planner, Instance instance, NodeName at)
    {
        var broken = Broken(cluster.Ledger, rules, instance, at);
        if (broken is null && !(instance.Failback && MayBeBetter(cluster, rules, instance, at)))
        {
            return [];
        }

        // The picture may have changed since: what was planned in this round has a new place already.
        var party = planner.Value.PartyOf(instance);
        if (party.IsEmpty || planner.Value.View.SeatOf(instance.Name) != at)
        {
            return [];
        }

        if (broken is not null)
        {
            return Nearest(cluster, planner.Value, party, at) is { } legal
                ? planner.Value.Send(party, legal.Node.Name, MoveCause.Rule, broken)
                : [];
        }

        var value = Value(rules, party, at);
        return planner.Value.Best(party, node => Value(rules, party, node.Node.Name) > value
            && RestingPlace.TakesBack(cluster, node.Node, party)) is { } better
            ? planner.Value.Send(
                party, better.Node.Name, MoveCause.Rule, "a pin prefers that node and failback is on")
            : [];
    }

    /// <summary>The rule that does not hold where it sits, in words; null: all do.</summary>
    private static string? Broken(Ledger ledger, PlacementRules rules, Instance instance, NodeName at)
    {
        if (rules.PinAgainst(instance.Name, at) is { } pin)
        {
            return $"PlacementRule/{pin} keeps it away from {at}";
        }

        foreach (var partner in rules.GroupOf(instance.Name).Where(partner => partner != instance.Name))
        {
            if (ledger.Instances.GetValueOrDefault(partner)?.Seat is { } seat && seat.Node != at)
            {
                return $"{partner} sits on {seat.Node}, and they belong together";
            }
        }

        foreach (var (rival, rule) in rules.RivalsOf(instance.Name))
        {
            // Of two that share a node the later name goes, so that not both do.
            if (rival.CompareTo(instance.Name) < 0
                && ledger.Instances.GetValueOrDefault(rival) is { Seat: { } seat, Move: null } && seat.Node == at)
            {
                return $"{rival} sits there, and PlacementRule/{rule} keeps them apart";
            }
        }

        return null;
    }

    /// <summary>Fewest restarts first: the node on which most of the party sit, if all may be there.</summary>
    private static Candidate? Nearest(
        Cluster cluster, MovePlanner planner, ImmutableArray<Instance> party, NodeName at)
    {
        var here = party.GroupBy(member => member.Seat!.Node)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key)
            .Select(group => planner.View.Find(group.Key)).OfType<Candidate>()
            .FirstOrDefault(node => party.Length > 1 && planner.Refusal(party, node) is null);
        return here ?? planner.Best(
            party, node => node.Node.Name != at && RestingPlace.HasNotFailed(cluster, node.Node.Name, party));
    }

    /// <summary>Asked of every pinned instance in every round: without a plan.</summary>
    private static bool MayBeBetter(Cluster cluster, PlacementRules rules, Instance instance, NodeName at)
    {
        var value = rules.Preference(instance.Name, at);
        return value < 100 && cluster.Ledger.Nodes.Values.Any(node =>
            RestingPlace.TakesBack(cluster, node, [instance])
            && rules.Preference(instance.Name, node.Name) > value);
    }

    private static int Value(PlacementRules rules, ImmutableArray<Instance> party, NodeName node) =>
        party.Sum(member => member.Failback ? rules.Preference(member.Name, node) : 0);
}
