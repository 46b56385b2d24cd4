using System.Collections.Immutable;
using Havm.Specs;

namespace Havm.Simulator.Scenario.Reading;

/// <summary>Reads the wishes about where VMs go.</summary>
internal sealed class RuleReader(Names names)
{
    private static readonly string[] Kinds = ["pin", "together", "apart"];

    public ImmutableArray<ScenarioRule> Read(MapReader root)
    {
        if (root.Take("rules") is not { } node)
        {
            return [];
        }

        var at = root.At.Field("rules");
        if (node is not ListNode list)
        {
            at.Refuse(node.Place, $"is {node.Words}, not a list", "write each rule as \"- {pin: ...}\"");
            return [];
        }

        return [.. list.Items.Select((item, i) => One(new MapReader(item, at.Item(i)))).OfType<ScenarioRule>()];
    }

    private ScenarioRule? One(MapReader rule)
    {
        var kinds = Kinds.Where(kind => rule.Take(kind) is not null).ToList();
        if (kinds is not [var kind])
        {
            rule.At.Refuse(rule.Place, $"is {kinds.Count} rules at once", $"write one of: {string.Join(", ", Kinds)}");
            return null;
        }

        var vms = rule.Words(kind).Select(word => names.Vm(word, rule.At.Field(kind))).OfType<string>();
        ImmutableArray<string> named = [.. vms];
        var to = ScenarioFile.Empty<int>().ToBuilder();
        var weighted = kind == "pin" && To(rule, to);
        var hard = kind == "pin" && rule.Flag("hard", false);
        rule.Close();
        return new ScenarioRule(kind, named, to.ToImmutable(), weighted, hard);
    }

    private bool To(MapReader rule, ImmutableSortedDictionary<string, int>.Builder to)
    {
        var at = rule.At.Field("to");
        switch (rule.Take("to"))
        {
            case null:
                at.Refuse(rule.Place, "is missing", "add \"to:\" (nodes, or nodes with weights)");
                return false;
            case MapNode map:
                var weights = new MapReader(map, at);
                foreach (var (node, place, _) in weights.Entries())
                {
                    _ = names.Node(new ScalarNode(place, node, false), at);
                    to[node] = weights.Whole(node, 1, 1, 1000);
                }

                weights.Close();
                return true;
            case { } nodes:
                foreach (var word in MapReader.WordsOf(nodes, at))
                {
                    if (names.Node(word, at) is { } node)
                    {
                        to[node] = 1;
                    }
                }

                return false;
        }
    }
}
