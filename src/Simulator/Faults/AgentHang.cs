using Havm.Model;
using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>
/// A node's agent hangs: its process lives and its stream stays open, and it says and does nothing more. The warden
/// speaks on and says that its agent does not answer.
/// </summary>
public sealed record AgentHang(NodeName Node) : IFault
{
    public static readonly FaultKind Kind = new(
        "hang-agent",
        "The agent stands still; its stream stays open. The warden beats on and says that its agent does not answer.",
        fields => new AgentHang(fields.Node), FaultField.Node) { EndedBy = "restart-agent" };

    public void Strike(VirtualWorld world) => world.Host(Node).Agent?.Hang();
}
