using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>
/// What a node's agent and warden are told about their machine: the content of both `agent.json` and `warden.json`.
/// </summary>
/// <param name="DatagramPort">UDP port of every controller for heartbeats beside the stream.</param>
/// <param name="MachineIdFile">Holds the machine's UUID, the one its BMC reports.</param>
/// <param name="Cgroup">The node's cgroup v2 directory (absolute), or null where there is none.</param>
/// <param name="Bridge">The bridge that guests' taps join, or null where the node has no network of its own.</param>
/// <param name="GuestBeatSeconds">Short, so that a hang shows soon; production is content with 15.</param>
/// <param name="TranslationCacheMiB">QEMU's own choice would take a gigabyte for a dozen small guests.</param>
/// <param name="SensorRoot">Where the node finds its own /sys.</param>
/// <param name="Doctor">The program that diagnoses it.</param>
/// <param name="Cpus">What the node may give away; the same as its spec says.</param>
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
    WatchdogConfig Watchdog,
    double GuestBeatSeconds,
    int TranslationCacheMiB,
    int Cpus,
    long MemoryMiB,
    string SensorRoot,
    string Doctor)
{
    /// <summary>Every lab has one datastore, of this name.</summary>
    public const string DatastoreName = "shared";

    /// <summary>How long the lab's watchdog waits for a feed before it resets the node (SAFETY.md's w).</summary>
    public const int WatchdogSeconds = 5;

    /// <summary>How often guests beat, and what everything else that speaks with one tells it.</summary>
    public const double BeatSeconds = 1;

    private const int CacheMiB = 32;

    public static void WriteAll(LabPlan plan)
    {
        foreach (var node in plan.Nodes)
        {
            var home = plan.Paths.Node(node.Name);
            var config = Of(plan, node, home);
            Directory.CreateDirectory(plan.Paths.Run(node.Name));
            Directory.CreateDirectory(plan.Paths.NodeDatastore(node.Name));
            new HardwareFaults(plan).Heal(node);
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
        new WatchdogConfig(plan.Paths.WatchdogSocket(node.Name), WatchdogSeconds),
        BeatSeconds, CacheMiB, LabObjects.NodeCpus, LabObjects.NodeMemoryMiB,
        plan.Paths.Hardware(node.Name), plan.Commands.Doctor);
}

/// <param name="Path">A unix datagram socket that hears `arm SECONDS`, `feed` and `disarm`.</param>
public sealed record WatchdogConfig(string Path, int TimeoutSeconds);
