using Havm.Lab.Chassis;
using Havm.Lab.Observing;

namespace Havm.Lab.Ground;

/// <summary>
/// What `status` shows, read without a lock: every field is true by itself at the moment it was read.
/// </summary>
public sealed record LabStatus(
    string Name,
    string Directory,
    bool Namespaces,
    LabPhase Phase,
    bool Chassis,
    bool Controller,
    string ControllerUrl,
    IReadOnlyList<NodeStatus> Nodes)
{
    public static LabStatus Read(LabPlan plan)
    {
        var network = new NetworkCuts(plan, new LabNetwork(plan)).Read();
        var guests = QemuProcessTable.Read(plan).ToLookup(process => process.Node);
        return new LabStatus(
            plan.Name, plan.Directory, plan.UsesNamespaces,
            LabState.Read(plan.Paths)?.Phase ?? LabPhase.Starting,
            Runs(plan, LabGround.ChassisGroup, LabGround.ChassisGroup),
            Runs(plan, LabGround.ControllerGroup, LabGround.ControllerGroup),
            plan.ControllerUrl,
            [.. plan.Nodes.Select(node => Of(plan, node, network, [.. guests[node.Name].Select(g => g.Instance)]))]);
    }

    private static NodeStatus Of(
        LabPlan plan, NodePlan node, IReadOnlyDictionary<string, CableCut> cuts, IReadOnlyList<string> instances)
    {
        var power = new NodePower(plan).Read(node);
        return new NodeStatus(
            node.Name, node.Rack, node.Address, power.Power, power.BootId,
            CutOf(node.Name, cuts), CutOf(node.Rack, cuts),
            new BmcStatus(node.BmcUrl, node.Uuid, BmcMode.Read(plan, node.Name).Behaviour),
            new DatastoreFaults(plan).Read(node),
            Runs(plan, node.Name, LoopScript.Agent), Runs(plan, node.Name, LoopScript.Warden), instances);
    }

    private static CableCut? CutOf(string name, IReadOnlyDictionary<string, CableCut> cuts) =>
        cuts.TryGetValue(name, out var cut) ? cut : null;

    private static bool Runs(LabPlan plan, string group, string part) =>
        ProcessTrees.Of(plan, group).Processes(part).Count > 0;
}

/// <param name="Cut">What of the node's own cable is cut; null if it is whole.</param>
/// <param name="RackCut">The same for its rack's cable to the spine.</param>
/// <param name="Datastore">`ok`, `hang` or `gone`; null where it cannot be told apart.</param>
public sealed record NodeStatus(
    string Name,
    string Rack,
    string Address,
    PowerState Power,
    string BootId,
    CableCut? Cut,
    CableCut? RackCut,
    BmcStatus Bmc,
    string? Datastore,
    bool Agent,
    bool Warden,
    IReadOnlyList<string> Instances);

public sealed record BmcStatus(string Url, string Uuid, BmcBehaviour Mode);
