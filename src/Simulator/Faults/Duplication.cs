using Havm.Model;
using Havm.Simulator.World;
using Havm.Simulator.World.Network;

namespace Havm.Simulator.Faults;

/// <summary>Packets of a link arrive twice by chance. Streams drop the second; a datagram is heard again.</summary>
public sealed record Duplication(Link Link, double Percent) : IFault, ILinkFault
{
    private static readonly TimeSpan Latest = TimeSpan.FromSeconds(2);

    public static readonly FaultKind Kind = new(
        "duplicate",
        "So many of the link's packets arrive a second time, up to 2 s later. Streams drop the second; datagrams are "
            + "heard again.",
        fields => new Duplication(new Link(fields.Nodes("link")), fields.Number("percent")),
        Link.Field, FaultField.Number("percent", 0.1, 100, "how many of a hundred")) { EndedBy = "heal" };

    public bool Cuts(NodeName from, NodeName to) => false;

    public void Act(Passage passage)
    {
        if (Link.Holds(passage) && passage.Draw(Percent))
        {
            passage.Again = passage.Draw(TimeSpan.Zero, Latest);
        }
    }

    public void Strike(VirtualWorld world) => world.Network.Add(this);
}
