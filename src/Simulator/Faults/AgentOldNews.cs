using Havm.Core.Liveness;
using Havm.Model;
using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>
/// What looks at machines in a node's agent stands still while its beats go on: all that it tells of them is from
/// before. It ends itself once its look is old enough.
/// </summary>
public sealed record AgentOldNews(NodeName Node) : IFault
{
    public static readonly FaultKind Kind = new(
        "stale-agent",
        "The agent neither looks at its machines nor hears of them, and beats on with what it knew; after 30 s it ends "
            + "itself and is started anew. VMs run on.",
        fields => new AgentOldNews(fields.Node), FaultField.Node);

    public void Strike(VirtualWorld world)
    {
        if (world.Host(Node).Agent is { } agent)
        {
            agent.IsBlind = true;
            world.Busy(OldNews.BeginsAnewAfter);
        }
    }
}
