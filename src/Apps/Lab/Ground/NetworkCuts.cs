using System.Text;
using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>What of a cable is cut, seen from the node (or rack) at its end.</summary>
public enum CableCut
{
    /// <summary>Nothing passes; the node sees its carrier go.</summary>
    Both,

    /// <summary>Nothing reaches the node; what it sends still arrives elsewhere.</summary>
    In,

    /// <summary>Nothing the node sends arrives; it still hears the others.</summary>
    Out,
}

/// <summary>
/// Cut cables, remembered in a file and applied to the switches from there: a node that comes back from a power cut
/// finds its cable as it was left.
/// </summary>
public sealed class NetworkCuts(LabPlan plan, LabNetwork network)
{
    public IReadOnlyDictionary<string, CableCut> Read() => Load();

    public Task CutAsync(LabTarget target, CableCut cut) => ChangeAsync(target, cuts => cuts[target.Name] = cut);

    public Task HealAsync(LabTarget target) => ChangeAsync(target, cuts => cuts.Remove(target.Name));

    /// <summary>
    /// Plugs a node's fresh cable in, unless it is cut. One-way rules go by the port's name and still hold.
    /// </summary>
    public Task PlugAsync(NodePlan node) => SetLinkAsync(Load(), LabTarget.Parse(plan, node.Name));

    private Dictionary<string, CableCut> Load() =>
        LabFiles.ReadJson<Dictionary<string, CableCut>>(plan.Paths.Cuts) ?? [];

    private async Task ChangeAsync(LabTarget target, Action<Dictionary<string, CableCut>> change)
    {
        var cuts = Load();
        var hadRules = cuts.Values.Any(IsOneWay);
        change(cuts);
        LabFiles.WriteJson(plan.Paths.Cuts, cuts);

        // Rules before links: a cable that goes from cut to half cut must not be whole in between.
        if (hadRules || cuts.Values.Any(IsOneWay))
        {
            await DropOneWayAsync(cuts);
        }

        await SetLinkAsync(cuts, target);
    }

    /// <summary>A node without power has no cable: its line fails, and the cut waits for its power-on.</summary>
    private Task SetLinkAsync(Dictionary<string, CableCut> cuts, LabTarget target)
    {
        var severed = cuts.TryGetValue(target.Name, out var cut) && cut is CableCut.Both;
        return network.BatchAsync(
            LabNetwork.Switches, $"link set {target.Port} {(severed ? "down" : "up")}\n", "-force");
    }

    private static bool IsOneWay(CableCut cut) => cut is not CableCut.Both;

    /// <summary>One table, rewritten as a whole, so that no rule of an earlier cut survives.</summary>
    private async Task DropOneWayAsync(Dictionary<string, CableCut> cuts)
    {
        var rules = new StringBuilder("table bridge havm\ndelete table bridge havm\ntable bridge havm {\n");
        rules.Append("chain cuts { type filter hook forward priority 0;\n");
        foreach (var (name, cut) in cuts.Where(cut => IsOneWay(cut.Value)))
        {
            // Frames from the node come in at its port; frames to it leave there. A rack's port faces the spine.
            var fromNode = (cut is CableCut.Out) != name.StartsWith("rack", StringComparison.Ordinal);
            rules.Append($"{(fromNode ? "iifname" : "oifname")} \"{PortOf(name)}\" drop\n");
        }

        rules.Append("}\n}\n");
        await Tool.RunAsync(
            "nsenter", [$"--net=/run/netns/{plan.Namespace(LabNetwork.Switches)}", "nft", "-f", "-"],
            rules.ToString());
    }

    private string PortOf(string name) => LabTarget.Parse(plan, name).Port;
}
