using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Simulator.Scenario;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Explore;

/// <summary>
/// What lives have shown so far, each kind with its count: fences, recoveries, moves, changes of leader, what guards
/// held, every verb and every kind of change. What is possible and never occurred is a hole in the exploring.
/// </summary>
public sealed class Coverage
{
    /// <summary>Kinds of change that no verb of a scenario leads to; Core's own stories see each of them.</summary>
    public static readonly ImmutableSortedDictionary<string, string> OutOfReach =
        ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
        [
            .. Kinds("scenarios leave a fenced node off",
                nameof(PowerOnDue), nameof(PowerOnOrdered), nameof(PowerCameOn), nameof(PowerOnHeld),
                nameof(PowerOnGivenUp), nameof(RestartAwaited), nameof(RestartAwaitEnded)),
            .. Kinds("lives have one way to switch a node off", nameof(FenceClimbed)),
            .. Kinds("nodes of a scenario neither come nor go",
                nameof(NodeAdded), nameof(NodeRemoved), nameof(NodeCordoned), nameof(NodeUncordoned),
                nameof(ReturnForgotten)),
            .. Kinds("what people do by hand is in scenarios of our own, not drawn",
                nameof(InstanceAdopted), nameof(CopyRuledOut)),
            .. Kinds("load balancers are in scenarios of our own, not drawn",
                nameof(RotationLeft), nameof(EndpointFailed), nameof(EndpointEscalated), nameof(EndpointWell)),
            .. Kinds("guests that ask what is planned are in scenarios of our own, not drawn", nameof(NoticeEnded)),
            .. Kinds("no scenario marks an instance busy", nameof(BusyMarked), nameof(BusyEnded)),
            .. Kinds("it takes 500 closed incidents", nameof(IncidentForgotten)),
            .. Kinds("who errs just while storage refuses a node is in scenarios of our own",
                nameof(CutBroken), nameof(CutDoubted)),
        ]);

    private static readonly ImmutableArray<string> Always =
    [
        "fence", "recovery", "move", "leader", "held partitionGuard", "held fenceRateGuard",
        .. LifeMaker.Kinds.Select(kind => kind.Verb).Concat(LifeVariety.Verbs).Select(verb => $"verb {verb}"),
        .. typeof(Change).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Change)) && !type.IsAbstract)
            .Select(type => type.Name).Where(kind => !OutOfReach.ContainsKey(kind)).Select(kind => $"change {kind}"),
    ];

    private readonly SortedDictionary<string, long> _seen = new(StringComparer.Ordinal);

    public Coverage()
    {
        foreach (var kind in Always)
        {
            _seen[kind] = 0;
        }
    }

    public IReadOnlyDictionary<string, long> Seen => _seen;

    /// <summary>What is possible and did not occur.</summary>
    public ImmutableArray<string> Missing => [.. _seen.Where(kind => kind.Value == 0).Select(kind => kind.Key)];

    public void Add(Life life, ScenarioOutcome outcome)
    {
        foreach (var act in life.Steps.SelectMany(step => step.Do))
        {
            Count($"verb {act.Verb}", 1);
        }

        foreach (var happened in outcome.Events)
        {
            if (KindOf(happened) is { } kind)
            {
                Count(kind, 1);
            }
        }

        foreach (var (kind, count) in outcome.Decided)
        {
            Count(char.IsLower(kind[0]) ? $"held {kind}" : $"change {kind}", count);
        }
    }

    private static string? KindOf(TraceEvent happened) => happened switch
    {
        PowerChanged { On: false, Why: "fence" } => "fence",
        PowerChanged { On: false, Why: "self-fence" } => "self-fence",
        Acted { Kind: "recover" } => "recovery",
        Acted { Kind: "live-move" or "cold-move" } => "move",
        LeaderTook => "leader",
        _ => null,
    };

    private void Count(string kind, long count) => _seen[kind] = _seen.GetValueOrDefault(kind) + count;

    private static IEnumerable<KeyValuePair<string, string>> Kinds(string why, params string[] kinds) =>
        kinds.Select(kind => KeyValuePair.Create(kind, why));
}
