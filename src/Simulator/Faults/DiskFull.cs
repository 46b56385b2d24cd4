using Havm.Model;
using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>
/// A node's own disk is full: what agent and warden must make durable cannot be written, and so nothing that needs it
/// is begun. What runs goes on.
/// </summary>
public sealed record DiskFull(NodeName Node, bool Full) : IFault
{
    public static readonly FaultKind Fill = new(
        "fill-disk",
        "The node's own disk is full: neither agent nor warden can make anything durable. What runs goes on; nothing "
            + "new is permitted there.",
        fields => new DiskFull(fields.Node, true), FaultField.Node) { EndedBy = "free-disk" };

    public static readonly FaultKind Free = new(
        "free-disk", "Ends `fill-disk`.", fields => new DiskFull(fields.Node, false), FaultField.Node);

    public void Strike(VirtualWorld world) => world.Host(Node).Disk.Full = Full;
}
