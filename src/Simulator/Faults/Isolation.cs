using Havm.Model;
using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>
/// All of a node's networks are cut, but not its BMC's and not its datastore's. It runs on and hears nobody.
/// </summary>
public sealed record Isolation(NodeName Node) : IFault
{
    public static readonly FaultKind Kind = new(
        "isolate",
        "All of the node's networks are cut but its BMC's and its datastore's. It runs on; its datastore heartbeat "
            + "shows that.",
        fields => new Isolation(fields.Node), FaultField.Node) { EndedBy = "reconnect" };

    public void Strike(VirtualWorld world) => world.Isolate(Node);
}

/// <summary>A node's own network is cut, and that of its guests is not: only its management is ill.</summary>
public sealed record ManagementCut(NodeName Node) : IFault
{
    public static readonly FaultKind Kind = new(
        "cut-management",
        "The node's own network is cut: it hears nobody, and nobody hears it. Its guests are reached as before, and "
            + "answer. In a scenario with this verb every VM has an address.",
        fields => new ManagementCut(fields.Node), FaultField.Node) { EndedBy = "reconnect" };

    public void Strike(VirtualWorld world) => world.Isolate(Node, guestsPass: true);
}

/// <summary>The networks of a node are whole again.</summary>
public sealed record Reconnection(NodeName Node) : IFault
{
    public static readonly FaultKind Kind = new(
        "reconnect", "Ends `isolate` and `cut-management`.", fields => new Reconnection(fields.Node), FaultField.Node);

    public void Strike(VirtualWorld world) => world.Reconnect(Node);
}
