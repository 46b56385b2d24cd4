using System.Text;
using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>
/// The lab's cables and switches: every bridge lives in NAME-net, every machine in a namespace of its own, and nothing
/// in the root namespace. All racks join one spine, so the cluster is one layer-2 segment; BMCs hang on `oob`, which no
/// node's cut touches.
/// </summary>
public sealed class LabNetwork(LabPlan plan)
{
    public const string Switches = "net";
    public const string Controllers = "ctl";
    public const string Chassis = "bmc";
    public const string Balancers = "lb";

    /// <summary>Where load balancers take connections.</summary>
    public const string BalancerAddress = "10.77.0.4";

    private const string Rest = "addrgenmode none";

    /// <summary>The port of a rack's bridge that leads to the spine.</summary>
    public static string RackUplink(int rack) => $"up{rack}";

    /// <summary>Switches, and the namespaces of controller, chassis and load balancers; no node yet.</summary>
    public async Task BuildAsync()
    {
        string[] own = [Switches, Controllers, Chassis, Balancers];
        await Tool.RunAsync("ip", ["-batch", "-"], string.Concat(own.Select(n => $"netns add {plan.Namespace(n)}\n")));
        await BatchAsync(Switches, SwitchLines());
        await BatchAsync(Controllers, "link set lo up\n" + End("eth0", "10.77.0.2/16") + End("oob0", "10.78.0.2/16"));
        await BatchAsync(Balancers, "link set lo up\n" + End("eth0", $"{BalancerAddress}/16"));

        // Each BMC's address is a /32 of its own: taking one away must not take its neighbours with it.
        var addresses = plan.Nodes.Select(node => $"addr add {node.BmcAddress}/32 dev oob0\n");
        await BatchAsync(Chassis, "link set lo up\n" + End("oob0", "10.78.0.3/16") + string.Concat(addresses));
    }

    /// <summary>A node's namespace with its bridge and its cable into the rack; the cable is plugged in last.</summary>
    public async Task AttachAsync(NodePlan node)
    {
        await Tool.RunAsync("ip", ["netns", "add", plan.Namespace(node.Name)]);
        await BatchAsync(Switches, $"""
            link add {node.Name} type veth peer name uplink netns {plan.Namespace(node.Name)}
            link set {node.Name} {Rest}
            link set {node.Name} master {node.Rack}

            """);
        await BatchAsync(node.Name, $"""
            link set lo up
            link add br0 type bridge forward_delay 0
            link set br0 address {node.MacAddress}
            link set br0 {Rest}
            link set uplink {Rest}
            link set uplink master br0 up
            addr add {node.Address}/16 dev br0
            link set br0 up

            """);
    }

    /// <summary>
    /// Unplugs nodes at the switch. What they still send while dying goes nowhere. Missing ones are skipped.
    /// </summary>
    public async Task UnplugAsync(IEnumerable<NodePlan> nodes) =>
        await BatchAsync(
            Switches, string.Concat(nodes.Select(node => $"link set {node.Name} down\n")), "-force");

    /// <summary>Takes cable and namespace of a dead node away. Repeating is harmless.</summary>
    public async Task DetachAsync(NodePlan node)
    {
        // The kernel takes a namespace apart when it finds the time; the cable's name must be free at once.
        await BatchAsync(Switches, $"link del {node.Name}\n", "-force");
        await DeleteNamespacesAsync(plan, [node.Name]);
    }

    /// <summary>Silence of one BMC: its address vanishes from the interface, so not even a reset answers.</summary>
    public Task SilenceBmcAsync(NodePlan node) =>
        BatchAsync(Chassis, $"addr del {node.BmcAddress}/32 dev oob0\n", "-force");

    /// <summary>The BMC is back, and announced: the controller's machine forgets that nobody answered there.</summary>
    public async Task ReviveBmcAsync(NodePlan node)
    {
        await BatchAsync(Chassis, $"addr replace {node.BmcAddress}/32 dev oob0\n");
        await BatchAsync(Controllers, $"neigh del {node.BmcAddress} dev oob0\n", "-force");
    }

    /// <summary>Runs `ip` lines inside one of the lab's namespaces. With -force failing lines are skipped.</summary>
    public async Task BatchAsync(string part, string lines, string? force = null)
    {
        string[] head = ["-n", plan.Namespace(part)];
        if (force is null)
        {
            await Tool.RunAsync("ip", [.. head, "-batch", "-"], lines);
        }
        else
        {
            await Tool.TryAsync("ip", [.. head, force, "-batch", "-"], lines);
        }
    }

    /// <summary>Namespaces of this lab that exist: by name and by nothing else.</summary>
    public static IReadOnlyList<string> Existing(string lab) => Directory.Exists("/run/netns")
        ? [.. Directory.EnumerateFiles("/run/netns").Select(Path.GetFileName).OfType<string>()
            .Where(name => name.StartsWith($"{lab}-", StringComparison.Ordinal))
            .Select(name => name[(lab.Length + 1)..])
            .Where(IsPart)]
        : [];

    public static async Task DeleteNamespacesAsync(LabPlan plan, IEnumerable<string> parts)
    {
        var existing = parts.Where(part => File.Exists($"/run/netns/{plan.Namespace(part)}")).ToList();
        if (existing.Count > 0)
        {
            await Tool.RunAsync(
                "ip", ["-batch", "-"], string.Concat(existing.Select(n => $"netns del {plan.Namespace(n)}\n")));
        }
    }

    private static bool IsPart(string part) =>
        part is Switches or Controllers or Chassis or Balancers
        || (part.Split('r', 'n') is ["", var rack, var number] && rack.All(char.IsDigit) && number.All(char.IsDigit));

    private static string End(string device, string address) => $"""
        link set {device} {Rest}
        addr add {address} dev {device}
        link set {device} up

        """;

    private string SwitchLines()
    {
        var lines = new StringBuilder();
        string[] bridges = ["oob", "spine", .. plan.Racks];
        foreach (var bridge in bridges)
        {
            lines.Append($"link add {bridge} type bridge forward_delay 0\nlink set {bridge} {Rest}\n");
            lines.Append($"link set {bridge} up\n");
        }

        foreach (var rack in Enumerable.Range(1, plan.Racks.Count))
        {
            lines.Append($"link add {RackUplink(rack)} type veth peer name down{rack}\n");
            Plug(lines, RackUplink(rack), $"rack{rack}");
            Plug(lines, $"down{rack}", "spine");
        }

        lines.Append($"link add ctl type veth peer name eth0 netns {plan.Namespace(Controllers)}\n");
        lines.Append($"link add ctl-oob type veth peer name oob0 netns {plan.Namespace(Controllers)}\n");
        lines.Append($"link add bmc type veth peer name oob0 netns {plan.Namespace(Chassis)}\n");
        lines.Append($"link add lb type veth peer name eth0 netns {plan.Namespace(Balancers)}\n");
        Plug(lines, "ctl", "spine");
        Plug(lines, "lb", "spine");
        Plug(lines, "ctl-oob", "oob");
        Plug(lines, "bmc", "oob");
        return lines.ToString();
    }

    private static void Plug(StringBuilder lines, string port, string bridge) =>
        lines.Append($"link set {port} {Rest}\nlink set {port} master {bridge} up\n");
}
