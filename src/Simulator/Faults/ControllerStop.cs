using Havm.Model;
using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>
/// The controller replica of a node ends, its part of the store with it, and stays away. VMs and agents are well.
/// </summary>
public sealed record ControllerStop(NodeName Node) : IFault
{
    public static readonly FaultKind Kind = new(
        "stop-controller",
        "The node's controller replica and its part of the store end and stay away. Agents and VMs run on.",
        fields => new ControllerStop(fields.Node), FaultField.Node)
    {
        Need = "controller-stop", EndedBy = "start-controller", StarvesLeases = true,
    };

    public void Strike(VirtualWorld world) => world.StopReplica(Node);
}

/// <summary>A replica that was stopped is started again; what it missed it learns from the others.</summary>
public sealed record ControllerStart(NodeName Node) : IFault
{
    public static readonly FaultKind Kind = new(
        "start-controller", "Ends `stop-controller`.",
        fields => new ControllerStart(fields.Node), FaultField.Node) { Need = "controller-stop" };

    public void Strike(VirtualWorld world) => world.StartReplica(Node);
}
