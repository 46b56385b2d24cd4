using System.Collections.Immutable;
using Havm.Model;
using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>
/// A rack's power goes: all its nodes at once, silently, and by default its BMCs with them, because they hang on the
/// same power. What a dead BMC does not say proves nothing.
/// </summary>
public sealed record RackPowerCut(ImmutableArray<NodeName> Nodes, bool WithBmcs) : IFault
{
    public static readonly FaultKind Kind = new(
        "rack-power-off",
        "The power of all nodes of the rack goes at once. Their BMCs die with them, unless bmc is alive: then they say "
            + "Off.",
        fields => new RackPowerCut(fields.Rack, fields.Word("bmc") == "dead"),
        FaultField.Rack, FaultField.Word("bmc", "dead", "what becomes of the BMCs", "dead", "alive"))
    {
        EndedBy = "rack-power-on",
    };

    public void Strike(VirtualWorld world)
    {
        foreach (var node in Nodes)
        {
            world.Host(node).Bmc.HasPower &= !WithBmcs;
            world.Host(node).PowerOff("crash", "fault");
        }
    }
}

/// <summary>The power of a rack is back: BMCs answer, and nodes boot.</summary>
public sealed record RackPowerBack(ImmutableArray<NodeName> Nodes) : IFault
{
    public static readonly FaultKind Kind = new(
        "rack-power-on", "Power for all of the rack: BMCs answer, nodes boot. As `power-on` of each.",
        fields => new RackPowerBack(fields.Rack), FaultField.Rack);

    public void Strike(VirtualWorld world)
    {
        foreach (var node in Nodes)
        {
            new PowerBack(node).Strike(world);
        }
    }
}
