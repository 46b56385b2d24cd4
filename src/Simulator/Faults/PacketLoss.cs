using Havm.Model;
using Havm.Simulator.World;
using Havm.Simulator.World.Network;

namespace Havm.Simulator.Faults;

/// <summary>
/// Packets of a link get lost by chance. Datagrams are gone; streams send again, later and later, and keep their order,
/// until their kernel gives them up after 3 s.
/// </summary>
public sealed record PacketLoss(Link Link, double Percent) : IFault, ILinkFault
{
    public static readonly FaultKind Kind = new(
        "loss",
        "So many of the link's packets are lost by chance. Streams send them again after 0.2 s, then twice as long, "
            + "and end after 3 s in vain; datagrams are gone.",
        fields => new PacketLoss(new Link(fields.Nodes("link")), fields.Number("percent")),
        Link.Field, FaultField.Number("percent", 0.1, 100, "how many of a hundred"))
    {
        EndedBy = "heal", StarvesLeases = true,
    };

    public bool Cuts(NodeName from, NodeName to) => false;

    public void Act(Passage passage)
    {
        if (Link.Holds(passage))
        {
            passage.Lost |= passage.Draw(Percent);
        }
    }

    public void Strike(VirtualWorld world) => world.Network.Add(this);
}
