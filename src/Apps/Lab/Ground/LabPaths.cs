namespace Havm.Lab.Ground;

/// <summary>Where things lie below a lab's directory.</summary>
public sealed record LabPaths(string Root)
{
    public string Plan => $"{Root}/lab.json";

    public string State => $"{Root}/state.json";

    /// <summary>The lab's certificate authority, to be pinned by whoever speaks with a BMC.</summary>
    public string AuthorityFile => $"{Root}/ca.pem";

    /// <summary>`user:password` of every BMC of the lab, mode 0600.</summary>
    public string BmcCredentials => $"{Root}/bmc.credentials";

    /// <summary>The lab's own objects, to be applied before any other.</summary>
    public string ClusterSpecs => $"{Root}/cluster.yaml";

    /// <summary>The shared storage itself; nodes see it only through their own mount.</summary>
    public string Datastore => $"{Root}/datastore";

    public string Controller => $"{Root}/controller";

    public string ControllerRun => $"{Controller}/run";

    /// <summary>The controller's API, for root alone.</summary>
    public string ApiSocket => $"{ControllerRun}/havm.sock";

    public string ControllerLog => $"{Controller}/{LabGround.ControllerGroup}.log";

    public string ChassisLog => $"{Chassis}/{LabGround.ChassisGroup}.log";

    /// <summary>Which process the lab lives and dies with; missing where it was started to stay.</summary>
    public string Owner => $"{Root}/owner.json";

    public string Images => $"{Datastore}/images";

    /// <summary>What the machine room knows and no node may read: power records, certificates, cut cables.</summary>
    public string Chassis => $"{Root}/chassis";

    public string ChassisReady => $"{Chassis}/ready";

    public string Cuts => $"{Chassis}/cuts.json";

    public string Power(string node) => $"{Chassis}/{node}.power.json";

    /// <summary>There while the storage refuses the node.</summary>
    public string Refused(string node) => $"{Chassis}/{node}.refused";

    /// <summary>The lab's own fence agents.</summary>
    public string FenceAgents => $"{Root}/agents";

    public string BmcMode(string node) => $"{Chassis}/{node}.bmc";

    public string Dog(string node) => $"{Chassis}/{node}.dog";

    public string Certificate(string node) => $"{Chassis}/{node}.pem";

    public string CertificateKey(string node) => $"{Chassis}/{node}.key";

    public string Node(string node) => $"{Root}/nodes/{node}";

    public string Run(string node) => $"{Node(node)}/run";

    public string BootId(string node) => $"{Node(node)}/boot_id";

    /// <summary>Stands before /sys where the node's sensors are read: the same files as a kernel's.</summary>
    public string Hardware(string node) => $"{Node(node)}/hardware";

    public string NodeDatastore(string node) => $"{Node(node)}/datastore";

    public string WatchdogSocket(string node) => $"{Run(node)}/watchdog.sock";

    /// <summary>Made by the node's init once the datastore is mounted and its loops begin.</summary>
    public string Booted(string node) => $"{Run(node)}/booted";

    public string Instances(string node) => $"{Run(node)}/vm";

    public string LabPort(string node, string instance) => $"{Instances(node)}/{instance}/lab.sock";
}
