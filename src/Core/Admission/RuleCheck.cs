using Havm.Core.Placement;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Admission;

/// <summary>
/// What is wrong with a placement rule beside the others: names that lead nowhere, and rules that no placing could
/// meet.
/// </summary>
internal sealed class RuleCheck(Ledger after, Survey survey)
{
    private readonly List<(string Name, PlacementRuleSpec Spec)> _all = [.. after.All<PlacementRuleSpec>()];
    private readonly PlacementRules _rules = PlacementRules.Of(after);

    public IEnumerable<SpecError> Check(SpecKey key, PlacementRuleSpec rule)
    {
        List<SpecError> unknown = [.. Names(key, rule)];
        return unknown.Count > 0
            ? unknown
            : [.. Crowds(key, rule), .. rule.Instances.SelectMany(i => Group(key, i)).DistinctBy(e => e.Reason)];
    }

    private IEnumerable<SpecError> Names(SpecKey key, PlacementRuleSpec rule)
    {
        foreach (var instance in rule.Instances.Where(i => !survey.Plans.Contains(i)))
        {
            yield return new SpecError(key.ToString(), "spec", $"no object asks for an instance {instance}",
                "name one that `havm vm list` lists, or apply its object first");
        }

        foreach (var to in rule.To.Where(to => after.NodeSpecOf(to.Node) is null))
        {
            yield return new SpecError(key.ToString(), "spec.to", $"Node/{to.Node} does not exist",
                "name one that `havm node list` lists");
        }
    }

    private IEnumerable<SpecError> Crowds(SpecKey key, PlacementRuleSpec rule)
    {
        var nodes = after.All<NodeSpec>().Count();
        if (nodes > 0 && rule.Apart.Length > nodes)
        {
            yield return new SpecError(key.ToString(), "spec.apart",
                $"{rule.Apart.Length} instances are to be apart, and the cluster has {Count.Of(nodes, "node")}",
                "name fewer, or apply more Nodes first");
        }
    }

    /// <summary>All that shares a node with the instance: some node must be able to hold it.</summary>
    private IEnumerable<SpecError> Group(SpecKey key, InstanceName instance)
    {
        var group = _rules.GroupOf(instance);
        foreach (var member in group)
        {
            if (_rules.RivalsOf(member).FirstOrDefault(r => group.Contains(r.Rival)) is { Rule: { } apart } rival)
            {
                yield return new SpecError(key.ToString(), "spec",
                    $"{member} and {rival.Rival} belong together by {Named(r => r.Together.Contains(member))}, "
                        + $"and PlacementRule/{apart} keeps them apart",
                    "remove one of the rules, or take one of the two out of it");
                yield break;
            }
        }

        var nodes = after.All<NodeSpec>().ToList();
        var legal = nodes.Where(n => group.All(i => _rules.PinAgainst(i, new NodeName(n.Name)) is null)).ToList();
        if (nodes.Count > 0 && legal.Count == 0)
        {
            yield return new SpecError(key.ToString(), "spec.to",
                $"{string.Join(", ", group)} may start on no node: "
                    + $"{Named(r => r.Hard && r.Pin.Any(group.Contains))} leave none",
                "make one of the pins soft, or give them a node in common");
        }
        else if (group.Length > 1 && !legal.Any(n => Holds(n.Spec, group)))
        {
            yield return new SpecError(key.ToString(), "spec.together",
                $"{string.Join(", ", group)} fit on no node together, not even on an empty one",
                "make them smaller, or name fewer");
        }
    }

    private bool Holds(NodeSpec node, IEnumerable<InstanceName> group)
    {
        var templates = group.Where(survey.Plans.Contains).Select(i => survey.Plans[i].First().Template).ToList();
        return survey.Holds(node, templates.Sum(t => t.Vcpus), new Bytes(templates.Sum(t => t.Memory.Value)));
    }

    private string Named(Func<PlacementRuleSpec, bool> which) =>
        string.Join(" and ", _all.Where(r => which(r.Spec)).Select(r => $"PlacementRule/{r.Name}"));
}
