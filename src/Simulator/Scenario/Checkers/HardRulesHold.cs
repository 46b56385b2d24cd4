using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario.Checkers;

/// <summary>
/// Hard pins and apart hold in every snapshot, and together in every settled one: those that move together do so one
/// after the other. And what the controller itself seats begins to run on a node that its hard pin allows, away from
/// its rivals, at any moment. What people put somewhere by hand is to be mended by then, unless it is theirs to mend.
/// </summary>
public sealed class HardRulesHold(ScenarioFile scenario) : IChecker
{
    private readonly SortedDictionary<string, string> _on = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _seated = [];
    private readonly HashSet<string> _byHand = [];
    private Injected? _hand;
    private bool _paused;

    public string Name => "HardRulesHold";

    public string? See(TraceEvent happened)
    {
        switch (happened)
        {
            case Injected { Op: "moved-by-hand" or "add" } hand:
                _byHand.Add(hand.Name);
                _hand = hand;
                return null;
            case Injected { Op: "pause" or "resume" } order:
                _paused = order.Op == "pause";
                return null;
            case Acted { To: { } to } act:
                _seated[act.Vm] = to;
                return null;
            case VmChanged { Running: true } vm when _hand is { } by && by.Name == vm.Vm && by.At == vm.At:
                // Nobody knows of it yet: what has its seat there, and goes on, did not go where a rival was.
                _on.Remove(vm.Vm);
                return null;
            case VmChanged { Running: true } vm:
                _on[vm.Vm] = vm.Node;
                return _seated.GetValueOrDefault(vm.Vm) == vm.Node ? Began(vm) : null;
            case VmChanged vm:
                _on.Remove(vm.Vm);
                return null;
            case Snapshot snapshot:
                return scenario.Rules.Where(rule => IsJudged(rule, snapshot))
                    .Select(rule => Broken(rule, snapshot)).FirstOrDefault(b => b is not null);
            default:
                return null;
        }
    }

    private string? Began(VmChanged vm)
    {
        foreach (var rule in scenario.Rules.Where(rule => rule.Vms.Contains(vm.Vm)))
        {
            if (rule is { Kind: "pin", Hard: true } && !rule.To.ContainsKey(vm.Node))
            {
                return $"{vm.Vm} begins to run on {vm.Node}, and is pinned to {string.Join(", ", rule.To.Keys)}";
            }

            var rival = rule.Vms.FirstOrDefault(
                other => other != vm.Vm && _on.GetValueOrDefault(other) == vm.Node);
            if (rule.Kind == "apart" && rival is not null)
            {
                return $"{vm.Vm} begins to run on {vm.Node}, where {rival} runs, and they are to be apart";
            }
        }

        return null;
    }

    /// <summary>
    /// One taken in the middle of what goes on, when the step that follows does not wait, tells of what is on its way.
    /// </summary>
    private bool IsJudged(ScenarioRule rule, Snapshot snapshot)
    {
        var moved = rule.Vms.Any(_byHand.Contains);
        var settled = snapshot.Step is not { } step || scenario.Steps[step].Settle;
        var stays = rule.Vms.Any(vm => scenario.Vms.GetValueOrDefault(vm)?.Faults?.StopAlways == true
            || (moved && snapshot.Vms.GetValueOrDefault(vm)?.Is == "unmanaged"));
        return (settled || (rule.Kind != "together" && !moved)) && !stays && !(moved && _paused);
    }

    private static string? Broken(ScenarioRule rule, Snapshot snapshot)
    {
        string[] on = [.. rule.Vms.Select(vm => snapshot.Vms.GetValueOrDefault(vm)?.On).OfType<string>()];
        var holds = rule.Kind switch
        {
            "together" => on.Distinct().Count() <= 1,
            "apart" => on.Distinct().Count() == on.Length,
            _ => !rule.Hard || on.All(rule.To.ContainsKey),
        };
        return holds ? null : $"{rule.Kind} {string.Join(", ", rule.Vms)}: on {string.Join(", ", on)}";
    }
}
