using System.Collections.Immutable;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Placement;

/// <summary>The cluster's placement rules, by instance: asked for every node and every seat.</summary>
public sealed class PlacementRules
{
    private static readonly PlacementRules None = new([]);

    private readonly ILookup<InstanceName, (string Rule, PlacementRuleSpec Spec)> _pins;
    private readonly ILookup<InstanceName, (string Rule, PlacementRuleSpec Spec)> _apart;
    private readonly Dictionary<InstanceName, ImmutableArray<InstanceName>> _groups = [];

    private PlacementRules(IReadOnlyList<(string Name, PlacementRuleSpec Spec)> rules)
    {
        _pins = rules.SelectMany(r => r.Spec.Pin.Select(i => (Instance: i, Rule: (r.Name, r.Spec))))
            .ToLookup(p => p.Instance, p => p.Rule);
        _apart = rules.SelectMany(r => r.Spec.Apart.Select(i => (Instance: i, Rule: (r.Name, r.Spec))))
            .ToLookup(p => p.Instance, p => p.Rule);
        Members = [.. rules.SelectMany(r => r.Spec.Instances).Distinct().Order()];
        foreach (var rule in rules.Where(r => !r.Spec.Together.IsEmpty))
        {
            Join(rule.Spec.Together);
        }
    }

    /// <summary>All that any rule names, in name order.</summary>
    public ImmutableArray<InstanceName> Members { get; }

    public static PlacementRules Of(Ledger ledger)
    {
        List<(string, PlacementRuleSpec)> rules = [.. ledger.All<PlacementRuleSpec>()];
        return rules.Count == 0 ? None : new PlacementRules(rules);
    }

    /// <summary>The hard pin that keeps an instance away from a node; null: none does.</summary>
    public string? PinAgainst(InstanceName instance, NodeName node) => _pins[instance]
        .Where(p => p.Spec.Hard && p.Spec.To.All(to => to.Node != node)).Select(p => p.Rule).FirstOrDefault();

    /// <summary>
    /// How much an instance prefers a node, 0 to 100: the node's weight in its pins beside the highest weight in them;
    /// 100 for one that no pin names, wherever it is.
    /// </summary>
    public int Preference(InstanceName instance, NodeName node)
    {
        var (given, most) = (0, 0);
        foreach (var (_, pin) in _pins[instance])
        {
            given += pin.To.FirstOrDefault(to => to.Node == node)?.Weight ?? 0;
            most += pin.To.Max(to => to.Weight);
        }

        return most == 0 ? 100 : 100 * given / most;
    }

    /// <summary>All that must share the instance's node, itself among them, in name order.</summary>
    public ImmutableArray<InstanceName> GroupOf(InstanceName instance) =>
        _groups.TryGetValue(instance, out var group) ? group : [instance];

    /// <summary>Those that must not share the instance's node, each with the rule that says so.</summary>
    public IEnumerable<(InstanceName Rival, string Rule)> RivalsOf(InstanceName instance) =>
        _apart[instance].SelectMany(r => r.Spec.Apart.Where(i => i != instance).Select(i => (i, r.Rule)));

    /// <summary>Two rules that share an instance make one group of all that they name.</summary>
    private void Join(ImmutableArray<InstanceName> together)
    {
        ImmutableArray<InstanceName> group = [.. together.SelectMany(member => GroupOf(member)).Distinct().Order()];
        foreach (var member in group)
        {
            _groups[member] = group;
        }
    }
}
