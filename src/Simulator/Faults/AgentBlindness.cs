using Havm.Model;
using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>
/// The agent's search of its node is cut short for a while: it sees no process, and knows that it has not seen all.
/// </summary>
public sealed record AgentBlindness(NodeName Node, TimeSpan For) : IFault
{
    public static readonly FaultKind Kind = new(
        "blind-agent",
        "The agent's searches of its node are cut short for a while: they find no process, and say that they are not "
            + "complete.",
        fields => new AgentBlindness(fields.Node, fields.Time("for")),
        FaultField.Node, FaultField.Time("for", 1, 3600, "how long"));

    public void Strike(VirtualWorld world)
    {
        var host = world.Host(Node);
        host.BlindUntil = world.Time.Now + For;
        world.Busy(For);
    }
}
