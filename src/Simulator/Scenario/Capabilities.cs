using System.Collections.Immutable;
using Havm.Simulator.Faults;
using Havm.Simulator.Scenario.Reading;

namespace Havm.Simulator.Scenario;

/// <summary>
/// What the product can do of what scenarios need. A scenario that needs more, by its own word or by what it uses, is
/// skipped by name; nothing is ever faked.
/// </summary>
public static class Capabilities
{
    /// <summary>The words under `needs` that are built.</summary>
    public static readonly ImmutableSortedSet<string> Built =
    [
        "adopt-running", "agent-restart", "apart", "controller-stop", "dependencies", "external-move", "failed-state",
        "initial-phase", "maintenance", "move-failure", "node-life", "operator-move", "overcommit", "pause", "pin",
        "pin-priority", "place-at-start", "prediction", "rebalance", "resize", "restart-policy", "self-fencing",
        "shutdown-policy", "sizes", "start-failure", "stop-failure", "together", "unmanaged", "usage",
        "vm-add", "vm-remove",
    ];

    /// <summary>What a fault in the library needs is built with it.</summary>
    private static readonly ImmutableSortedSet<string> OfFaults =
        [.. FaultCatalogue.All.Select(kind => kind.Need).OfType<string>()];

    /// <summary>The missing words, each once, in the order in which the scenario comes upon them.</summary>
    /// <param name="scenario">Which.</param>
    /// <param name="ownState">It begins with a cluster's own state: only what its steps need can be missing.</param>
    public static ImmutableArray<string> Missing(ScenarioFile scenario, bool ownState = false) => ownState
        ? [.. OfSteps(scenario).Where(need => !Built.Contains(need)).Distinct()]
        :
    [
        .. scenario.Needs
            .Concat(OfRules(scenario)).Concat(OfPolicy(scenario)).Concat(OfVms(scenario)).Concat(OfSteps(scenario))
            .Where(need => !Built.Contains(need) && !OfFaults.Contains(need)).Distinct(),
    ];

    private static IEnumerable<string> OfRules(ScenarioFile scenario) => scenario.Rules.Select(rule => rule.Kind);

    private static IEnumerable<string> OfPolicy(ScenarioFile scenario)
    {
        var policy = scenario.Policy;
        if (policy.PlaceAtStart)
        {
            yield return "place-at-start";
        }

        if (policy.Overcommit)
        {
            yield return "overcommit";
        }

        if (policy.NodeLife is not null || policy.PowerOn || policy.RebootFirst is not null)
        {
            yield return "node-life";
        }

        if (policy.Prediction is not null)
        {
            yield return "prediction";
        }

        if (policy.Rebalance is not null)
        {
            yield return "rebalance";
        }

        if (scenario.Expect.InMaintenance is { IsEmpty: false })
        {
            yield return "maintenance";
        }
    }

    private static IEnumerable<string> OfVms(ScenarioFile scenario)
    {
        foreach (var vm in scenario.Vms.Values)
        {
            if (vm.InitiallyFailed)
            {
                yield return "failed-state";
            }

            if (vm.Desired == Desired.Unmanaged)
            {
                yield return "unmanaged";
            }

            if (!vm.DependsOn.IsEmpty)
            {
                yield return "dependencies";
            }

            if (vm.Faults is { } faults)
            {
                yield return faults switch
                {
                    { Move: > 0 } => "move-failure",
                    { StopAlways: true } => "stop-failure",
                    _ => "start-failure",
                };
            }
        }
    }

    private static IEnumerable<string> OfSteps(ScenarioFile scenario)
    {
        foreach (var action in scenario.Steps.SelectMany(step => step.Do))
        {
            if (Verbs.Find(action.Verb)?.Need is { } need)
            {
                yield return need;
            }

            if (action.Options.GetValueOrDefault("desired") == "unmanaged")
            {
                yield return "unmanaged";
            }

        }
    }
}
