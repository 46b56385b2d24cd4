using Havm.Lab.Tools;

namespace Havm.Lab.Ground;

/// <summary>What a chassis says about its node's power.</summary>
public enum PowerState
{
    /// <summary>The node has power; whether its software is well is another matter.</summary>
    On,

    /// <summary>Asked to shut down by itself; power goes when it has, or when its time is up.</summary>
    PoweringOff,

    /// <summary>No process of the node exists: written only after its cgroup was seen empty.</summary>
    Off,
}

/// <summary>The chassis' record of one node.</summary>
/// <param name="BootId">The boot this power-on began; a fresh one every time.</param>
public sealed record PowerRecord(PowerState Power, string BootId, DateTime Since);

/// <summary>
/// A node's power supply. Every method expects the caller to hold the lab's lock, may be repeated, and finishes what an
/// earlier, killed call left half done.
/// </summary>
public sealed class NodePower(LabPlan plan)
{
    private static readonly string[] Parts =
        [LoopScript.Init, LoopScript.Agent, LoopScript.Warden, LoopScript.Datastore, LoopScript.Guests];

    private static readonly TimeSpan BootPatience = TimeSpan.FromSeconds(20);

    private readonly LabNetwork _network = new(plan);

    public PowerRecord Read(NodePlan node) =>
        LabFiles.ReadJson<PowerRecord>(plan.Paths.Power(node.Name)) ?? new PowerRecord(PowerState.Off, "", default);

    /// <summary>True if the node has power and its init lives.</summary>
    public bool IsRunning(NodePlan node) =>
        Read(node).Power is not PowerState.Off && Tree(node).Processes(LoopScript.Init).Count > 0;

    /// <summary>
    /// Cuts the power of all nodes at once, as a tripped fuse does: cables first, so that no dying process says
    /// goodbye, then every process, and only when none is left is Off written.
    /// </summary>
    /// <exception cref="LabFailure">Processes of a node do not die: it is not said to be off.</exception>
    public async Task CutAsync(IReadOnlyList<NodePlan> nodes)
    {
        if (plan.UsesNamespaces)
        {
            await _network.UnplugAsync(nodes);
        }

        await Task.WhenAll(nodes.Select(CutUnpluggedAsync));
    }

    /// <summary>
    /// Gives a node power: fresh namespaces, mounts, boot id and run directory; its init is up on return.
    /// </summary>
    /// <exception cref="LabFailure">The init did not come up; the node is off again.</exception>
    public async Task TurnOnAsync(NodePlan node)
    {
        if (IsRunning(node))
        {
            return;
        }

        await CutAsync([node]);
        var bootId = Guid.NewGuid().ToString();
        LabFiles.WriteText(plan.Paths.BootId(node.Name), bootId + "\n");
        ClearRunDirectory(node);
        Write(node, PowerState.On, bootId);
        try
        {
            await BootAsync(node);
        }
        catch
        {
            await CutAsync([node]);
            throw;
        }
    }

    /// <summary>
    /// Notes that the node was asked to shut down and asks it: loops end, agent and warden get SIGTERM.
    /// </summary>
    /// <returns>The boot that is going down, or null if it was not on.</returns>
    public string? BeginShutdown(NodePlan node)
    {
        var record = Read(node);
        if (record.Power is not PowerState.On)
        {
            return null;
        }

        Write(node, PowerState.PoweringOff, record.BootId);
        LabFiles.WriteText($"{plan.Paths.Run(node.Name)}/stopping", "");
        Tree(node).Signal(LoopScript.Agent, Machine.Terminate);
        Tree(node).Signal(LoopScript.Warden, Machine.Terminate);
        return record.BootId;
    }

    /// <summary>Whether agent, warden and guests have all ended.</summary>
    public bool HasShutDown(NodePlan node) =>
        new[] { LoopScript.Agent, LoopScript.Warden, LoopScript.Guests }
            .All(part => Tree(node).Processes(part).Count == 0);

    private IProcessTree Tree(NodePlan node) => ProcessTrees.Of(plan, node.Name);

    private async Task CutUnpluggedAsync(NodePlan node)
    {
        var record = Read(node);
        await Tree(node).ObliterateAsync();
        File.Delete(plan.Paths.Dog(node.Name));

        // From here on it is off; who is killed before its unplugged cable is taken away leaves that to the next boot.
        Write(node, PowerState.Off, record.BootId);
        if (plan.UsesNamespaces)
        {
            await _network.DetachAsync(node);
        }
    }

    private async Task BootAsync(NodePlan node)
    {
        Tree(node).Make(Parts);
        if (plan.UsesNamespaces)
        {
            await _network.AttachAsync(node);
            await new NetworkCuts(plan, _network).PlugAsync(node);
        }

        var home = plan.Paths.Node(node.Name);
        var log = $"{home}/init.log";
        LabFiles.WriteText($"{home}/init.sh", LoopScript.ForNode(plan, node));
        File.Delete(log);
        await Launcher.StartAsync(plan, node.Name, $"{home}/init.sh", log, ownMounts: true);
        if (!await Until.TrueAsync(() => File.Exists(plan.Paths.Booted(node.Name)), BootPatience))
        {
            throw new LabFailure($"node '{node.Name}' does not boot: {LabFiles.ReadText(log)}");
        }
    }

    /// <summary>
    /// /run is memory: it does not outlive a boot. The watchdog's socket is the chassis', not the node's.
    /// </summary>
    private void ClearRunDirectory(NodePlan node)
    {
        var run = new DirectoryInfo(plan.Paths.Run(node.Name));
        foreach (var entry in run.EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo directory)
            {
                directory.Delete(recursive: true);
            }
            else if (entry.FullName != plan.Paths.WatchdogSocket(node.Name))
            {
                entry.Delete();
            }
        }

        Directory.CreateDirectory(plan.Paths.Instances(node.Name));
    }

    private void Write(NodePlan node, PowerState power, string bootId) =>
        LabFiles.WriteJson(plan.Paths.Power(node.Name), new PowerRecord(power, bootId, DateTime.UtcNow));
}
