using Havm.Model;
using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>
/// A node's agent crashes, or is killed because it hung, and its supervisor starts it again. Machines run on.
/// </summary>
public sealed record AgentRestart(NodeName Node) : IFault
{
    public static readonly FaultKind Kind = new(
        "restart-agent",
        "The agent ends at once, hung or not; its kernel closes its stream, and its supervisor starts it anew. "
            + "VMs run on.",
        fields => new AgentRestart(fields.Node), FaultField.Node) { Need = "agent-restart" };

    public void Strike(VirtualWorld world) => world.Host(Node).RestartAgent();
}
