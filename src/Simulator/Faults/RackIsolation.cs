using System.Collections.Immutable;
using Havm.Model;
using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>
/// A rack's switch dies: none of its nodes hears anybody, not even each other. BMCs and datastores are reached by other
/// ways.
/// </summary>
public sealed record RackIsolation(ImmutableArray<NodeName> Nodes) : IFault
{
    public static readonly FaultKind Kind = new(
        "rack-isolate",
        "The rack's switch dies: each of its nodes is isolated, from the others of the rack too.",
        fields => new RackIsolation(fields.Rack), FaultField.Rack) { EndedBy = "rack-reconnect" };

    public void Strike(VirtualWorld world)
    {
        foreach (var node in Nodes)
        {
            world.Isolate(node);
        }
    }
}

/// <summary>The switch of a rack works again.</summary>
public sealed record RackReconnection(ImmutableArray<NodeName> Nodes) : IFault
{
    public static readonly FaultKind Kind = new(
        "rack-reconnect", "Ends `rack-isolate`; as `reconnect` of each node.",
        fields => new RackReconnection(fields.Rack), FaultField.Rack);

    public void Strike(VirtualWorld world)
    {
        foreach (var node in Nodes)
        {
            world.Reconnect(node);
        }
    }
}
