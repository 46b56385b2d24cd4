using Havm.Model;
using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>
/// Somebody shuts a node down, or reboots it, in good order: its warden announces that before anything ends.
/// </summary>
public sealed record OrderlyLeave(NodeName Node, bool Reboots) : IFault
{
    public static readonly FaultKind Shutdown = new(
        "shutdown", "An orderly shutdown, announced before anything ends.",
        fields => new OrderlyLeave(fields.Node, false), FaultField.Node) { EndedBy = "power-on" };

    public static readonly FaultKind Reboot = new(
        "reboot", "An orderly reboot, announced before anything ends; the node comes back by itself.",
        fields => new OrderlyLeave(fields.Node, true), FaultField.Node);

    public void Strike(VirtualWorld world) => world.Host(Node).ShutDown(Reboots);
}
