using Havm.Model;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario.Checkers;

/// <summary>
/// What a rule that only observes would do is not done: nobody is fenced while fencing only observes.
/// </summary>
public sealed class ObservedRulesStandStill : IChecker
{
    private readonly List<NodeJudged> _ordered = [];
    private bool _observed;

    public string Name => "ObservedRulesStandStill";

    public string? See(TraceEvent happened)
    {
        if (happened is NodeJudged { State: "fencing" } order && _observed)
        {
            _ordered.Add(order);
        }

        return null;
    }

    public string? Look(Truth truth)
    {
        // An order is against the rule where that stood before it and stands after it.
        var observes = truth.Ledger.Policy.Observe.Contains(AutomationRule.Fencing);
        var wrong = observes && _ordered is [var first, ..]
            ? $"{first.Node} was ordered off while fencing only observes"
            : null;
        _ordered.Clear();
        _observed = observes;
        return wrong;
    }
}
