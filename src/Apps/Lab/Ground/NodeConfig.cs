using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>
/// What a node's agent and warden are told about their machine: the content of both `agent.json` and `warden.json`.
/// </summary>
/// <param name="DatagramPort">UDP port of every controller for heartbeats beside the stream.</param>
/// <param name="MachineIdFile">Holds the machine's UUID, the one its BMC reports.</param>
/// <param name="Cgroup">The node's cgroup v2 directory (absolute), or null where there is none.</param>
/// <param name="Bridge">The bridge that guests' taps join, or null where the node has no network of its own.</param>
public sealed record NodeConfig(
    string Cluster,
    string Node,
    string Rack,
    string BootIdFile,
    string MachineIdFile,
    IReadOnlyList<string> Controllers,
    int DatagramPort,
    string StateDir,
    string RunDir,
    IReadOnlyDictionary<string, string> Datastores,
    string? Cgroup,
    string? Bridge,
    WatchdogConfig Watchdog)
{
    /// <summary>Every lab has one datastore, of this name.</summary>
    public const string DatastoreName = "shared";

    /// <summary>How long the lab's watchdog waits for a feed before it resets the node (SAFETY.md's w).</summary>
    public const int WatchdogSeconds = 5;

    public static void WriteAll(LabPlan plan)
    {
        foreach (var node in plan.Nodes)
        {
            var home = plan.Paths.Node(node.Name);
            var config = Of(plan, node, home);
            Directory.CreateDirectory(plan.Paths.Run(node.Name));
            Directory.CreateDirectory(plan.Paths.NodeDatastore(node.Name));
            LabFiles.WriteText(config.MachineIdFile, node.Uuid + "\n");
            LabFiles.WriteJson($"{home}/agent.json", config);
            LabFiles.WriteJson($"{home}/warden.json", config);
        }
    }

    private static NodeConfig Of(LabPlan plan, NodePlan node, string home) => new(
        plan.Cluster, node.Name, node.Rack, plan.Paths.BootId(node.Name), $"{home}/machine_id",
        [plan.ControllerUrl], LabPlan.DatagramPort, home, plan.Paths.Run(node.Name),
        new Dictionary<string, string>
        {
            [DatastoreName] = plan.UsesNamespaces ? plan.Paths.NodeDatastore(node.Name) : plan.Paths.Datastore,
        },
        plan.CgroupOf(node.Name), plan.UsesNamespaces ? "br0" : null,
        new WatchdogConfig(plan.Paths.WatchdogSocket(node.Name), WatchdogSeconds));
}

/// <param name="Path">A unix datagram socket that hears `arm SECONDS`, `feed` and `disarm`.</param>
public sealed record WatchdogConfig(string Path, int TimeoutSeconds);

/// <summary>
/// What the controller is told: where to listen and which machines there are. Content of `controller.json`.
/// </summary>
public sealed record ControllerConfig(
    string Cluster,
    string Listen,
    int DatagramPort,
    string StateDir,
    string RunDir,
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyList<MachineConfig> Nodes)
{
    public static void Write(LabPlan plan)
    {
        var home = plan.Paths.Controller;
        Directory.CreateDirectory($"{home}/run");
        LabFiles.WriteJson($"{home}/controller.json", new ControllerConfig(
            plan.Cluster, plan.ControllerUrl, LabPlan.DatagramPort, home, $"{home}/run",
            new Dictionary<string, string> { ["lab"] = "true" },
            [.. plan.Nodes.Select(node => new MachineConfig(node.Name, node.Rack, node.Address, new BmcConfig(
                node.BmcUrl, $"/redfish/v1/Systems/{node.Name}", node.Uuid, plan.BmcUser, plan.Paths.BmcPassword,
                plan.Paths.AuthorityFile)))]));
    }
}

/// <summary>One node as the controller's configuration names it.</summary>
public sealed record MachineConfig(string Name, string Rack, string Address, BmcConfig Bmc);

/// <summary>How a node's BMC is reached; the password is named by file, the authority is pinned.</summary>
public sealed record BmcConfig(
    string Url, string System, string Uuid, string User, string PasswordFile, string AuthorityFile);
