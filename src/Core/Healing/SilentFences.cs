using System.Collections.Immutable;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Healing;

/// <summary>
/// Fence methods that state nothing, told while the node still speaks: a BMC with a wrong password is found out before
/// it is needed. A failure of a moment is no news, so only a method counts that stated nothing the last two times it
/// was asked; what is told is what its driver said most of late, with the driver's remedy.
/// </summary>
internal static class SilentFences
{
    public static ImmutableArray<NodeAilment> Of(Cluster cluster, NodeRecord node, NodeHeard heard)
    {
        // Asked of every node in every round: where all is well not even its spec is looked up.
        if (!Any(heard.Rungs) && !Any(heard.Cuts))
        {
            return [];
        }

        return cluster.Ledger.NodeSpecOf(node.Name) is not { } spec ? [] :
        [
            .. Power(spec.Rungs, heard),
            .. spec.Cuts.Where(method => IsSilent(heard.CutBy(method))).Select(method => new NodeAilment(
                NodeAilmentKind.FenceMethodSilent, method.Place,
                $"its fence method {method.Place} does not state whether storage refuses it: that could not be "
                    + $"proven; {Why(method, heard.CutBy(method))}")),
        ];
    }

    /// <summary>The only method is the whole ladder; of several each is told, and that all of them are.</summary>
    private static IEnumerable<NodeAilment> Power(ImmutableArray<FenceMethod> ladder, NodeHeard heard)
    {
        var silent = ladder.Select((method, place) => (Method: method, Heard: heard.Rung(place)))
            .Where(rung => IsSilent(rung.Heard))
            .Select(rung => (rung.Method.Place, Why: Why(rung.Method, rung.Heard)))
            .ToList();
        foreach (var (place, why) in ladder.Length > 1 ? silent : [])
        {
            yield return new NodeAilment(NodeAilmentKind.FenceMethodSilent, place,
                $"its fence method {place} does not state its power: fencing would have to do without it; {why}");
        }

        if (silent.Count > 0 && silent.Count == ladder.Length)
        {
            yield return new NodeAilment(NodeAilmentKind.FenceSilent, "",
                "no fence method states its power: it could not be fenced; "
                    + string.Join("; ", silent.Select(rung => rung.Why)));
        }
    }

    private static bool Any(ImmutableArray<RungHeard> rungs)
    {
        foreach (var rung in rungs)
        {
            if (IsSilent(rung))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSilent(RungHeard rung) =>
        rung.Power is [.., { State: PowerState.Unknown }, { State: PowerState.Unknown }];

    /// <summary>
    /// What was said most of late, so that a method that fails now so and now so is not told anew each time.
    /// </summary>
    private static string Why(FenceMethod method, RungHeard rung) =>
        rung.Power.Where(seen => seen is { State: PowerState.Unknown, Trouble.Length: > 0 })
            .GroupBy(seen => seen.Trouble)
            .OrderByDescending(same => same.Count()).ThenBy(same => same.Key, StringComparer.Ordinal)
            .FirstOrDefault()?.Key
        ?? $"{method.Place} does not say why: look at it";
}
