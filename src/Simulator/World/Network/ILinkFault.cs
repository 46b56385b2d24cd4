using Havm.Model;

namespace Havm.Simulator.World.Network;

/// <summary>What becomes of one packet; every fault on its way adds to it.</summary>
public sealed class Passage(NodeName from, NodeName to, TimeSpan delay, VirtualTime time)
{
    public NodeName From => from;

    public NodeName To => to;

    public bool Lost { get; set; }

    public TimeSpan Delay { get; set; } = delay;

    /// <summary>It arrives a second time, this much after the first; null: once.</summary>
    public TimeSpan? Again { get; set; }

    /// <summary>Draws from the world's one source.</summary>
    /// <param name="percent">How often it is true, 0 to 100.</param>
    public bool Draw(double percent) => time.Draw() * 100 < percent;

    public TimeSpan Draw(TimeSpan least, TimeSpan most) => time.Draw(least, most);
}

/// <summary>
/// Something wrong with the network. Faults compose: all that are there act on each packet, in the order in which they
/// came.
/// </summary>
public interface ILinkFault
{
    /// <summary>Nothing gets through this way, ever.</summary>
    bool Cuts(NodeName from, NodeName to);

    /// <summary>How much longer everything takes on this way, always.</summary>
    TimeSpan Slows(NodeName from, NodeName to) => TimeSpan.Zero;

    /// <summary>Acts on a packet that is not cut.</summary>
    void Act(Passage passage);
}

/// <summary>Nothing reaches a node or leaves it.</summary>
/// <param name="Node">Which.</param>
/// <param name="GuestsPass">But what its guests send and are sent: only the node's own is cut.</param>
public sealed record NodeCut(NodeName Node, bool GuestsPass = false) : ILinkFault
{
    public bool Cuts(NodeName from, NodeName to) => from == Node || to == Node;

    public void Act(Passage passage)
    {
    }
}

/// <summary>Nothing gets from some nodes to others; one way.</summary>
public sealed class OneWayCut(IReadOnlySet<NodeName> from, IReadOnlySet<NodeName> to) : ILinkFault
{
    public bool Cuts(NodeName sender, NodeName receiver) => from.Contains(sender) && to.Contains(receiver);

    public void Act(Passage passage)
    {
    }
}
