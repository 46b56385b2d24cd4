using System.Collections.Immutable;
using Havm.Model;
using Havm.Simulator.World;
using Havm.Simulator.World.Network;

namespace Havm.Simulator.Faults;

/// <summary>
/// The network falls into groups: inside a group everybody hears everybody, between groups nobody. Nodes in no group
/// hear all. BMCs and datastores are reached by other ways.
/// </summary>
public sealed class Partition(ImmutableArray<ImmutableArray<NodeName>> groups) : IFault, ILinkFault
{
    public static readonly FaultKind Kind = new(
        "partition",
        "The network falls into groups that cannot hear each other; or, with from and to, what some nodes send never "
            + "reaches others. Streams die on both sides by their own patience; where one way is left datagrams still "
            + "pass. BMCs and datastores are reached by other ways.",
        fields => fields.Has("from")
            ? new OneWayPartition(fields.Nodes("from"), fields.Nodes("to"))
            : new Partition(fields.Groups("groups")),
        new FaultField("groups", FaultFieldType.Groups, "who still hears whom"))
    {
        Or =
        [
            new FaultField("from", FaultFieldType.Nodes, "whose packets are lost"),
            new FaultField("to", FaultFieldType.Nodes, "on the way to whom"),
        ],
        EndedBy = "heal", StarvesLeases = true,
    };

    private readonly Dictionary<NodeName, int> _groupOf = groups
        .SelectMany((group, number) => group.Select(node => (node, number)))
        .ToDictionary(member => member.node, member => member.number);

    public bool Cuts(NodeName from, NodeName to) =>
        _groupOf.TryGetValue(from, out var one) && _groupOf.TryGetValue(to, out var other) && one != other;

    public void Act(Passage passage)
    {
    }

    public void Strike(VirtualWorld world) => world.Cut(this, [.. groups.SelectMany(group => group)]);
}

/// <summary>What some nodes send never reaches some others; the way back is whole.</summary>
public sealed record OneWayPartition(ImmutableArray<NodeName> From, ImmutableArray<NodeName> To) : IFault
{
    public void Strike(VirtualWorld world) =>
        world.Cut(new OneWayCut(From.ToHashSet(), To.ToHashSet()), From.AddRange(To));
}
