using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Specs;

/// <summary>Where instances shall or should sit.</summary>
internal static class PlacementRuleKind
{
    private static readonly Member<PreferredNode, string> Node = Member.Required<PreferredNode, string>(
        "node", TextType.Name, n => n.Node.Value, "The node's name.");

    private static readonly Member<PreferredNode, int> Weight = Member.Optional(
        "weight", new IntegerType(1, 1000), 1, (PreferredNode n) => n.Weight, "The higher, the more it is preferred.");

    private static readonly Shape<PreferredNode> NodeShape = new(
        [Node, Weight], v => new PreferredNode(new NodeName(v.Get(Node)), v.Get(Weight)));

    private static readonly ListType<string> InstanceNames = new(TextType.Name, 1000, Min: 1, Key: "");

    private static readonly Member<PlacementRuleSpec, ImmutableArray<string>> Pin = Names(
        "pin", s => s.Pin, "Instances that belong to the nodes of `to`.");

    private static readonly Member<PlacementRuleSpec, ImmutableArray<PreferredNode>> To = Member.Optional(
        "to", new ListType<PreferredNode>(NodeShape, 1000, Key: "node"), [], (PlacementRuleSpec s) => s.To,
        "For `pin`: nodes, with how much each is preferred.");

    private static readonly Member<PlacementRuleSpec, bool> Hard = Member.Optional(
        "hard", FlagType.Instance, false, (PlacementRuleSpec s) => s.Hard,
        "For `pin`: true, they start nowhere else and wait instead; false, they rather start there.");

    private static readonly Member<PlacementRuleSpec, ImmutableArray<string>> Together = Names(
        "together", s => s.Together, "Instances that always share one node.");

    private static readonly Member<PlacementRuleSpec, ImmutableArray<string>> Apart = Names(
        "apart", s => s.Apart, "Instances of which no two ever share a node.");

    public static readonly SpecKind PlacementRule = new SpecKind<PlacementRuleSpec>(
        "PlacementRule",
        "Where instances shall or should sit: one of pin, together and apart. Counts at every start from then on.",
        new Shape<PlacementRuleSpec>([Pin, To, Hard, Together, Apart], Build,
            new Rule([], CheckOne), new Rule([To], CheckTo), new Rule([Together], v => CheckTwo(v, Together)),
            new Rule([Apart], v => CheckTwo(v, Apart))));

    private static Member<PlacementRuleSpec, ImmutableArray<string>> Names(
        string name, Func<PlacementRuleSpec, ImmutableArray<InstanceName>> of, string summary) =>
        Member.Optional<PlacementRuleSpec, ImmutableArray<string>>(
            name, InstanceNames, [], s => [.. of(s).Select(i => i.Value)], summary);

    private static PlacementRuleSpec Build(Values v) => new()
    {
        Pin = Instances(v.Get(Pin)),
        To = v.Get(To),
        Hard = v.Get(Hard),
        Together = Instances(v.Get(Together)),
        Apart = Instances(v.Get(Apart)),
    };

    private static ImmutableArray<InstanceName> Instances(ImmutableArray<string> names) =>
        [.. names.Select(name => new InstanceName(name))];

    private static void CheckOne(Values values)
    {
        string[] given = Given(values);
        if (given.Length != 1)
        {
            values.Refuse(
                given.Length == 0 ? "pin" : given[1],
                given.Length == 0 ? "is missing, and so are together and apart" : $"stands beside {given[0]}",
                "write one of pin, together and apart; several rules are several objects");
            return;
        }

        foreach (string field in new[] { "to", "hard" }.Where(field => given is not ["pin"] && values.Has(field)))
        {
            values.Refuse(field, $"stands beside {given[0]}", "it belongs to pin alone; remove it");
        }
    }

    private static void CheckTo(Values values)
    {
        if (Given(values) is ["pin"] && values.Get(To).IsEmpty)
        {
            values.Refuse("to", "is missing, and pin needs nodes", "write to: [{node: NAME}]");
        }
    }

    private static void CheckTwo(Values values, Member<PlacementRuleSpec, ImmutableArray<string>> names)
    {
        if (Given(values) is [var only] && only == names.Name && values.Get(names).Length < 2)
        {
            values.Refuse(names.Name, "names one instance", "name two or more");
        }
    }

    private static string[] Given(Values values) => [.. new[] { "pin", "together", "apart" }.Where(values.Has)];
}
