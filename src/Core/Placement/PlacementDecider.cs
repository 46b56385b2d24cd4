using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Healing;
using Havm.Core.Leaders;
using Havm.Core.NodeLife;
using Havm.Core.Placement.Filters;
using Havm.Core.Placement.Scores;
using Havm.Core.Records;
using Havm.Core.Recovery;
using Havm.Core.Strays;
using Havm.Model;

namespace Havm.Core.Placement;

/// <summary>
/// Gives seats to what waits: filters refuse nodes, each with its reason, scores order the rest, and ties go to the
/// first name, so that the same picture always gives the same seats.
/// </summary>
public static class PlacementDecider
{
    public static readonly ImmutableArray<IFilter> Filters = 
    [
        new UpFilter(), new CordonFilter(), new DrainFilter(), new FitnessFilter(), new DatastoreFilter(),
        new TriedFilter(),
        new CapacityFilter(), new PinFilter(), new TogetherFilter(), new ApartFilter(),
    ];

    public static readonly ImmutableArray<IScore> Scores = 
    [
        new FreshNodeScore(), new TargetScore(), new PinScore(), new SpreadScore(), new LastNodeScore(),
        new BalanceScore(),
    ];

    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        var alive = StrayWatch.MayLive(cluster);
        var waiting = cluster.Ledger.Instances.Restless
            .Where(i => IsDue(cluster, i) && !alive.Contains(i.Name)).ToList();
        if (waiting.Count == 0 || AdoptionDecider.Waits(cluster.Ledger) is not null)
        {
            yield break;
        }

        var view = new PlacementView(cluster);
        foreach (var instance in RestartOrder.Of(waiting))
        {
            if (Choose(view, instance) is not { } choice)
            {
                continue;
            }

            view.Seat(instance, choice.Node.Name);
            var scores = string.Join(", ", choice.Scores.Select(s => $"{s.Name} {s.Value:0.##}"));
            var resort = choice.Node.Fitness is null ? ""
                : $"; it is {FitnessRule.Place(choice.Node.Fit)}, and "
                    + (instance.Awaits is not null ? $"{instance.Name} waited for it"
                        : $"no fit node can take {instance.Name}");
            var why = new Reason(
                "placement", "seated",
                $"{instance.Name} goes to {choice.Node.Name} in {choice.Rack}: {scores}{resort}");
            yield return new Proposal(new SeatTaken(instance.Name, choice.Node.Name, why, cluster.Wall), why);
        }
    }

    /// <summary>
    /// Every node with the filter that refused it, or its scores; best first. Also what `explain` shows.
    /// </summary>
    public static ImmutableArray<Verdict> Rank(PlacementView view, Instance instance) =>
    [
        .. view.Candidates
            .Select(node => Judge(view, node, instance))
            .OrderByDescending(v => v.Total)
            .ThenBy(v => v.Node.Name),
    ];

    /// <summary>
    /// Every node that no filter refuses, in name order; where there is none, those that are the last resort.
    /// </summary>
    public static ImmutableArray<NodeName> Legal(PlacementView view, Instance instance)
    {
        ImmutableArray<NodeName> Found() =>
            [.. view.Candidates.Where(node => RefusedBy(view, node, instance) is null).Select(node => node.Node.Name)];
        return Found() is { IsEmpty: false } fit ? fit : view.AsLastResort(Found, []);
    }

    public static bool IsDue(Cluster cluster, Instance instance) =>
        StartIsDue(cluster, instance) && DependencyRule.Allows(cluster, instance);

    /// <summary>It is to have a seat now, unless what it depends on does not stand.</summary>
    public static bool StartIsDue(Cluster cluster, Instance instance) =>
        instance is { Seat: null, Unproven.IsEmpty: true, Wanted: WantedState.Running, Leaving: false }
        && BackOff.IsOver(instance.Failures, cluster.Wall)
        && RebootDecider.Allows(cluster, instance);

    /// <summary>
    /// The first of <see cref="Rank"/>, found without a word: it is asked for every seat among all nodes.
    /// </summary>
    private static Verdict? Choose(PlacementView view, Instance instance)
    {
        if (instance.Move is not null)
        {
            // The room that is kept for it is its own.
            view.Lift(instance);
        }

        return Best(view, instance) is { } best ? Judge(view, best, instance)
            : view.AsLastResort(() => Best(view, instance) is { } last ? Judge(view, last, instance) : null, null);
    }

    private static Candidate? Best(PlacementView view, Instance instance)
    {
        Candidate? best = null;
        var most = -1.0;
        foreach (var node in view.Candidates)
        {
            if (RefusedBy(view, node, instance) is null && Total(view, node, instance) is var total && total > most)
            {
                best = node;
                most = total;
            }
        }

        return best;
    }

    /// <summary>The first filter that refuses the node; null: none does.</summary>
    internal static IFilter? RefusedBy(PlacementView view, Candidate node, Instance instance)
    {
        foreach (var filter in Filters)
        {
            if (!filter.Passes(node, instance, view))
            {
                return filter;
            }
        }

        return null;
    }

    /// <summary>All scores with their weights.</summary>
    internal static double Total(PlacementView view, Candidate node, Instance instance)
    {
        var total = 0.0;
        foreach (var score in Scores)
        {
            total += score.Weight * score.Of(node, instance, view);
        }

        return total;
    }

    private static Verdict Judge(PlacementView view, Candidate node, Instance instance)
    {
        if (RefusedBy(view, node, instance) is { } filter)
        {
            return new Verdict(node.Node, node.Spec.Rack, filter.Name, filter.Why(node, instance, view), [], -1);
        }

        ImmutableArray<ScoreGiven> scores =
        [
            .. Scores.Select(s => new ScoreGiven(s.Name, s.Of(node, instance, view), s.Weight, s.Means)),
        ];
        return new Verdict(node.Node, node.Spec.Rack, null, null, scores, Total(view, node, instance));
    }

    /// <summary>What placement thinks of one node for one instance.</summary>
    public sealed record Verdict(
        NodeRecord Node, RackName Rack, string? Filter, string? Refusal, ImmutableArray<ScoreGiven> Scores,
        double Total);

    public sealed record ScoreGiven(string Name, double Value, int Weight, string Means);
}
