using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>What a verb is aimed at: one node, or all nodes of a rack (`rack:rack1`).</summary>
/// <param name="Port">The switch port in NAME-net that this node's or rack's traffic passes.</param>
public sealed record LabTarget(string Name, bool IsRack, IReadOnlyList<NodePlan> Nodes, string Port)
{
    private const string RackPrefix = "rack:";

    /// <summary>"r1n1", or "r1n1, r1n2 of rack r1".</summary>
    public string Words => IsRack ? $"{string.Join(", ", Nodes.Select(node => node.Name))} of rack {Name}" : Name;

    /// <exception cref="LabRefusal">Neither a node nor a rack of this lab; names those there are.</exception>
    public static LabTarget Parse(LabPlan plan, string word)
    {
        var isRack = word.StartsWith(RackPrefix, StringComparison.Ordinal) || plan.Racks.Contains(word);
        if (!isRack)
        {
            var node = Node(plan, word);
            return new LabTarget(node.Name, false, [node], node.Name);
        }

        var rack = word.StartsWith(RackPrefix, StringComparison.Ordinal) ? word[RackPrefix.Length..] : word;
        var nodes = plan.Nodes.Where(node => node.Rack == rack).ToList();
        return nodes.Count > 0
            ? new LabTarget(rack, true, nodes, LabNetwork.RackUplink(nodes[0].RackNumber))
            : throw new LabRefusal(
                $"lab '{plan.Name}'", "RACK", $"there is no rack '{rack}'",
                $"Choose one of {string.Join(", ", plan.Racks.Select(name => RackPrefix + name))}");
    }

    /// <exception cref="LabRefusal">No node of this lab has that name; names those there are.</exception>
    public static NodePlan Node(LabPlan plan, string name) =>
        plan.Nodes.FirstOrDefault(node => node.Name == name) ?? throw new LabRefusal(
            $"lab '{plan.Name}'", "NODE", $"there is no node '{name}'",
            $"Choose one of {string.Join(", ", plan.Nodes.Select(node => node.Name))}");
}
