using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Placement.Filters;
using Havm.Core.Placement.Scores;
using Havm.Core.Records;
using Havm.Core.Recovery;
using Havm.Model;

namespace Havm.Core.Placement;

/// <summary>
/// Gives seats to what waits: filters refuse nodes, each with its reason, scores order the rest, and ties go to the
/// first name, so that the same picture always gives the same seats.
/// </summary>
public static class PlacementDecider
{
    public static readonly ImmutableArray<IFilter> Filters = [new UpFilter(), new CordonFilter(), new CapacityFilter()];

    public static readonly ImmutableArray<IScore> Scores = [new FreshNodeScore(), new SpreadScore(), new FreeScore()];

    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        var waiting = cluster.Ledger.Instances.Values.Where(i => IsDue(cluster, i)).ToList();
        if (waiting.Count == 0)
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
            var why = new Reason("placement", "seated", $"{instance.Name} goes to {choice.Node.Name} in {choice.Rack}: {choice.Why}");
            yield return new Proposal(new SeatTaken(instance.Name, choice.Node.Name, why, cluster.Wall), why);
        }
    }

    /// <summary>Every node with the filter that refused it, or its scores; best first. Also what `explain` shows.</summary>
    public static ImmutableArray<Verdict> Rank(PlacementView view, Instance instance) =>
    [
        .. view.Candidates
            .Select(node => Judge(view, node, instance))
            .OrderByDescending(v => v.Total)
            .ThenBy(v => v.Node.Name),
    ];

    public static bool IsDue(Cluster cluster, Instance instance) =>
        instance is { Seat: null, Unproven.IsEmpty: true, Wanted: WantedState.Running, Leaving: false }
        && (instance.Failures.NextTryAt is not { } at || cluster.Wall >= at);

    private static (NodeRecord Node, RackName Rack, string Why)? Choose(PlacementView view, Instance instance) =>
        Rank(view, instance) is [{ Refusal: null } best, ..]
            ? (best.Node, best.Rack, string.Join(", ", best.Scores.Select(s => $"{s.Name} {s.Value}")))
            : null;

    private static Verdict Judge(PlacementView view, Candidate node, Instance instance)
    {
        foreach (var filter in Filters)
        {
            if (filter.Refuses(node, instance) is { } refusal)
            {
                return new Verdict(node.Node, node.Spec.Rack, filter.Name, refusal, [], -1);
            }
        }

        ImmutableArray<ScoreGiven> scores = [.. Scores.Select(s => new ScoreGiven(s.Name, s.Of(node, instance, view), s.Weight))];
        return new Verdict(node.Node, node.Spec.Rack, null, null, scores, scores.Sum(s => s.Value * s.Weight));
    }

    /// <summary>What placement thinks of one node for one instance.</summary>
    public sealed record Verdict(
        NodeRecord Node, RackName Rack, string? Filter, string? Refusal, ImmutableArray<ScoreGiven> Scores, int Total);

    public sealed record ScoreGiven(string Name, int Value, int Weight);
}
