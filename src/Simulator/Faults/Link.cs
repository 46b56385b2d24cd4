using System.Collections.Immutable;
using Havm.Model;
using Havm.Simulator.World.Network;

namespace Havm.Simulator.Faults;

/// <summary>All that one node sends and is sent, or what goes between two nodes, both ways.</summary>
public sealed record Link(ImmutableArray<NodeName> Ends)
{
    internal static readonly FaultField Field =
        new("link", FaultFieldType.Link, "a node: all it sends and is sent; two: what goes between them");

    public bool Holds(Passage passage) => Ends.Contains(passage.From) && (Ends.Length == 1 || Ends.Contains(passage.To))
        || (Ends.Length == 1 && passage.To == Ends[0]);
}
