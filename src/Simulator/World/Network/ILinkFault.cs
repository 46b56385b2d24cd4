using Havm.Model;

namespace Havm.Simulator.World.Network;

/// <summary>What becomes of one message; every fault on its way adds to it.</summary>
public sealed class Passage(NodeName from, NodeName to, TimeSpan delay)
{
    public NodeName From => from;

    public NodeName To => to;

    public bool Lost { get; set; }

    public TimeSpan Delay { get; set; } = delay;
}

/// <summary>
/// Something wrong with the network. Faults compose: all that are there act on each message, in the order in which they
/// came.
/// </summary>
public interface ILinkFault
{
    void Act(Passage passage);
}

/// <summary>Nothing reaches a node or leaves it.</summary>
public sealed record NodeCut(NodeName Node) : ILinkFault
{
    public void Act(Passage passage) => passage.Lost |= passage.From == Node || passage.To == Node;
}

/// <summary>Nothing gets from some nodes to others; one way.</summary>
public sealed class OneWayCut(IReadOnlySet<NodeName> from, IReadOnlySet<NodeName> to) : ILinkFault
{
    public void Act(Passage passage) => passage.Lost |= from.Contains(passage.From) && to.Contains(passage.To);
}

/// <summary>What a node sends and is sent takes longer.</summary>
public sealed record SlowNode(NodeName Node, TimeSpan By) : ILinkFault
{
    public void Act(Passage passage) =>
        passage.Delay += passage.From == Node || passage.To == Node ? By : TimeSpan.Zero;
}
