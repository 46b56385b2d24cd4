using Havm.Model;
using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>
/// Everything on a node stands still and then goes on where it stood, as under a stuck kernel: its clock has gone on,
/// and what was sent to it lies in its buffers. VMs count as running. BMC and watchdog are other hardware: an armed
/// watchdog that is not fed resets the node.
/// </summary>
public sealed record Stall(NodeName Node, TimeSpan For) : IFault
{
    public static readonly FaultKind Kind = new(
        "stall",
        "Everything on the node stands still and goes on late. BMC and watchdog do not: from 5 s on an armed "
            + "independent watchdog resets the node. VMs count as running.",
        fields => new Stall(fields.Node, fields.Time("for")),
        FaultField.Node, FaultField.Time("for", 0.1, 3600, "how long")) { StarvesLeases = true };

    public void Strike(VirtualWorld world) => world.Host(Node).Stall(For);
}
