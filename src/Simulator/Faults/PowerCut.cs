using Havm.Model;
using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>
/// The power of a node goes, and everything on it with it. No packet leaves to say so; its BMC has power of its own and
/// says Off.
/// </summary>
public sealed record PowerCut(NodeName Node) : IFault
{
    public static readonly FaultKind Kind = new(
        "power-off",
        "A power cut: all of the node ends at once and silently. Its BMC lives and says Off.",
        fields => new PowerCut(fields.Node), FaultField.Node) { EndedBy = "power-on" };

    public void Strike(VirtualWorld world) => world.Host(Node).PowerOff("crash", "fault");
}

/// <summary>Power and networks are there again; a node that had power goes on.</summary>
public sealed record PowerBack(NodeName Node) : IFault
{
    public static readonly FaultKind Kind = new(
        "power-on",
        "The node has power and its networks; its BMC has power too. It boots unless it was on.",
        fields => new PowerBack(fields.Node), FaultField.Node);

    public void Strike(VirtualWorld world)
    {
        var host = world.Host(Node);
        world.Reconnect(Node);
        host.Supply.Restore();
        host.PowerOn("power-on", "order");
    }
}
