using Havm.Model;
using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>
/// A node's warden stands still for a while: no beat, no datastore heartbeat, no answer at its gate, and an independent
/// watchdog goes hungry. The agent speaks on.
/// </summary>
public sealed record WardenHang(NodeName Node, TimeSpan For) : IFault
{
    public static readonly FaultKind Kind = new(
        "hang-warden",
        "The warden stands still and goes on: no beat, no datastore heartbeat, no answer at its gate; from 5 s on an "
            + "independent watchdog resets the node. The agent speaks on.",
        fields => new WardenHang(fields.Node, fields.Time("for")),
        FaultField.Node, FaultField.Time("for", 0.1, 3600, "how long")) { StarvesLeases = true };

    public void Strike(VirtualWorld world) => world.Host(Node).HangWarden(For);
}
