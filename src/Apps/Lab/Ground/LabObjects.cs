using System.Collections.Immutable;
using Havm.Lab.Tools;
using Havm.Model;
using Havm.Specs;

namespace Havm.Lab.Ground;

/// <summary>
/// The lab as the controller is told of it: racks, nodes with their BMCs, the datastore, the network and the guest
/// image, as one file of specs that `havm apply` takes like any other.
/// </summary>
public static class LabObjects
{
    /// <summary>What guests use for a network; outside the addresses of nodes and controller.</summary>
    public const string Network = "lab";

    public const string Image = "lab";

    /// <summary>
    /// Three of the example's instances fit a node: enough to lose a rack, little enough to see it matter.
    /// </summary>
    public const int NodeCpus = 3;

    public const long NodeMemoryMiB = 352;

    /// <summary>Writes them to `cluster.yaml`.</summary>
    public static void Write(LabPlan plan) => LabFiles.WriteText(plan.Paths.ClusterSpecs, SpecWriter.ToYaml(All(plan)));

    /// <summary>These nodes as if they had no watchdog: the end of their lease proves nothing.</summary>
    public static string WithoutWatchdogs(LabPlan plan, IEnumerable<NodePlan> nodes) => SpecWriter.ToYaml(
        nodes.Select(node => Object(node.Name, Node(plan, node) with { Watchdog = WatchdogKind.None })));

    /// <summary>A node whose storage can be told to refuse it, and that storage.</summary>
    public static string WithStorageFence(LabPlan plan, NodePlan node) => SpecWriter.ToYaml(
    [
        Object(NodeConfig.DatastoreName, new DatastoreSpec { Enforcing = true }),
        Object(node.Name, Node(plan, node) is var spec
            ? spec with { Bmc = null, Fencing = [spec.Bmc!, StorageFence.Method(node)] } : spec),
    ]);

    /// <summary>A node as if it were larger.</summary>
    /// <param name="memory">In MiB.</param>
    public static string WithRoom(LabPlan plan, NodePlan node, int cpus, long memory) => SpecWriter.ToYaml(
        [Object(node.Name, Node(plan, node) with { Cpus = cpus, Memory = Bytes.MiB(memory) })]);

    private static ImmutableArray<SpecObject> All(LabPlan plan) =>
    [
        .. plan.Racks.Select(rack => Object(rack, new RackSpec())),
        .. plan.Nodes.Select(node => Object(node.Name, Node(plan, node))),
        Object(NodeConfig.DatastoreName, new DatastoreSpec()),
        Object(Network, new NetworkSpec
        {
            Cidr = "10.77.0.0/16",
            RangeFirst = "10.77.100.1",
            RangeLast = "10.77.100.254",
        }),
        Object(Image, new ImageSpec
        {
            Datastore = NodeConfig.DatastoreName,
            Kernel = "images/vmlinux",
            Initrd = "images/initrd.cpio",
            Base = "images/base.qcow2",
            Arguments = "havm.lab=1",
        }),
    ];

    private static NodeSpec Node(LabPlan plan, NodePlan node) => new()
    {
        Rack = new RackName(node.Rack),
        Cpus = NodeCpus,
        Memory = Bytes.MiB(NodeMemoryMiB),
        Watchdog = WatchdogKind.Independent,
        Bmc = new FenceMethod
        {
            Url = node.BmcUrl,
            SystemId = node.Name,
            Uuid = node.Uuid,
            CredentialsFile = plan.Paths.BmcCredentials,
            CaFile = plan.Paths.AuthorityFile,
        },
    };

    private static SpecObject Object(string name, Spec spec) => new(new Metadata { Name = name }, spec);
}
