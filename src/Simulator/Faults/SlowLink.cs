using Havm.Model;
using Havm.Simulator.World;
using Havm.Simulator.World.Network;

namespace Havm.Simulator.Faults;

/// <summary>What a node sends and is sent takes longer on its way; nothing is lost.</summary>
public sealed record SlowLink(NodeName Node, TimeSpan By) : IFault, ILinkFault
{
    public static readonly FaultKind Kind = new(
        "slow",
        "All that the node sends and is sent is so much longer on its way, each way; nothing is lost. Its part of the "
            + "store answers later too.",
        fields => new SlowLink(fields.Node, fields.Time("by")),
        FaultField.Node, FaultField.Time("by", 0.001, 60, "how much, one way"))
    {
        EndedBy = "heal", StarvesLeases = true,
    };

    public bool Cuts(NodeName from, NodeName to) => false;

    public TimeSpan Slows(NodeName from, NodeName to) => from == Node || to == Node ? By : TimeSpan.Zero;

    public void Act(Passage passage) => passage.Delay += Slows(passage.From, passage.To);

    public void Strike(VirtualWorld world) => world.Network.Add(this);
}
