using Havm.Model;
using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>
/// The controller process of a node stands still and goes on, as in a long garbage collection: its clock has gone on,
/// and nodes spoke to it all the while. The rest of the node, its store's replica among it, is well.
/// </summary>
public sealed record ControllerStall(NodeName Node, TimeSpan For) : IFault
{
    public static readonly FaultKind Kind = new(
        "stall-controller",
        "The node's controller process stands still and goes on late; what was said to it lies in its buffers. The "
            + "rest of the node is well.",
        fields => new ControllerStall(fields.Node, fields.Time("for")),
        FaultField.Node, FaultField.Time("for", 0.1, 3600, "how long")) { StarvesLeases = true };

    public void Strike(VirtualWorld world) => world.StallController(Node, For);
}
