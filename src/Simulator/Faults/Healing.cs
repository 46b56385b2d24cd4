using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>The network is well again, but for nodes that are isolated: all other network faults end.</summary>
public sealed record Healing : IFault
{
    public static readonly FaultKind Kind = new(
        "heal", "Ends every partition, slow, loss, duplicate and reorder. Isolated nodes stay so until `reconnect`.",
        _ => new Healing(), FaultField.Word("what", "all", "what", "all"));

    public void Strike(VirtualWorld world) => world.Heal();
}
