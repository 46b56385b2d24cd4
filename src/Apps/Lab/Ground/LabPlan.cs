namespace Havm.Lab.Ground;

/// <summary>
/// Everything that is fixed while a lab is up: its shape, addresses and command lines. Written once by `up` to
/// `lab.json`; every later verb and the chassis process read it from there.
/// </summary>
/// <param name="Name">Prefix of everything the lab makes in the kernel; 1 to 6 characters.</param>
/// <param name="Directory">Absolute; everything the lab writes lies below it.</param>
/// <param name="MadeDirectory">Whether `up` made the directory, so that `down` removes it too.</param>
/// <param name="UsesNamespaces">False: processes share the machine's network on loopback addresses.</param>
/// <param name="Cgroup">The lab's cgroup v2 directory, or null where cgroups cannot be written (not root).</param>
/// <param name="Images">A directory of guest images to offer on the datastore as `images/`, or null.</param>
public sealed record LabPlan(
    string Name,
    string Directory,
    bool MadeDirectory,
    bool UsesNamespaces,
    string? Cgroup,
    string? Images,
    string BmcUser,
    IReadOnlyList<string> Racks,
    IReadOnlyList<NodePlan> Nodes,
    LabCommands Commands)
{
    public const int AgentPort = 7070;
    public const int DatagramPort = 7071;

    public string Cluster => Name;

    public string ControllerAddress => UsesNamespaces ? "10.77.0.2" : "127.77.0.2";

    public string ControllerUrl => $"http://{ControllerAddress}:{AgentPort}";

    public LabPaths Paths => new(Directory);

    public string Namespace(string part) => $"{Name}-{part}";

    /// <summary>The cgroup directory of a node or of one of the lab's own groups; null without cgroups.</summary>
    public string? CgroupOf(string part) => Cgroup is null ? null : $"{Cgroup}/{part}";
}

/// <summary>One node's fixed place: rack, addresses of its host and of its BMC, and its hardware identity.</summary>
/// <param name="Uuid">What both the BMC and the host report as the machine's UUID.</param>
public sealed record NodePlan(
    string Name,
    string Rack,
    int RackNumber,
    int Number,
    string Address,
    string BmcAddress,
    int BmcPort,
    string Uuid)
{
    public string BmcUrl => $"https://{BmcAddress}:{BmcPort}";

    /// <summary>
    /// The bridge keeps its address over reboots and whatever taps join it, so neighbours need not ask.
    /// </summary>
    public string MacAddress => $"02:77:00:00:{RackNumber:x2}:{Number:x2}";
}

/// <summary>The command lines a node's init and the controller's loop keep alive.</summary>
/// <remarks>`{dir}` in a word is replaced by the node's (or the controller's) directory.</remarks>
public sealed record LabCommands(
    IReadOnlyList<string> Agent, IReadOnlyList<string> Warden, IReadOnlyList<string> Controller)
{
    /// <summary>The program that diagnoses nodes, given to their agents.</summary>
    public string Doctor { get; init; } = "/usr/bin/havm";
}
