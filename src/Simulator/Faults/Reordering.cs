using Havm.Model;
using Havm.Simulator.World;
using Havm.Simulator.World.Network;

namespace Havm.Simulator.Faults;

/// <summary>
/// Packets of a link are late by chance, so that later ones overtake them. Datagrams arrive out of order; streams keep
/// theirs, and what follows waits.
/// </summary>
public sealed record Reordering(Link Link, double Percent, TimeSpan By) : IFault, ILinkFault
{
    public static readonly FaultKind Kind = new(
        "reorder",
        "So many of the link's packets are late by up to this time, and are overtaken. Datagrams arrive out of order; "
            + "streams keep theirs, and what follows waits.",
        fields => new Reordering(new Link(fields.Nodes("link")), fields.Number("percent"), fields.Time("by")),
        Link.Field, FaultField.Number("percent", 0.1, 100, "how many of a hundred"),
        FaultField.Time("by", 0.001, 10, "how late at most"))
    {
        EndedBy = "heal", StarvesLeases = true,
    };

    public bool Cuts(NodeName from, NodeName to) => false;

    public void Act(Passage passage)
    {
        if (Link.Holds(passage) && passage.Draw(Percent))
        {
            passage.Delay += passage.Draw(TimeSpan.Zero, By);
        }
    }

    public void Strike(VirtualWorld world) => world.Network.Add(this);
}
