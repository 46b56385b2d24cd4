using Havm.Model;
using Havm.Simulator.Fencing;
using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>
/// A node's BMC fails: it answers nothing; or it accepts every order and acts on none while it says what is true; or it
/// accepts every order, acts on none and says Off; or it acts as it should and says Off every other time. The node
/// itself is well.
/// </summary>
public sealed record BmcFailure(NodeName Node, SimulatedBmcBehaviour As) : IFault
{
    public static readonly FaultKind Kind = new(
        "fail-bmc",
        "The node's BMC answers nothing (dead), or says \"ok\" to every order and acts on none (lazy), or does the "
            + "same and says Off besides (lies-off), or does what it is told and says Off every other time "
            + "(flickers). The node is well.",
        fields => new BmcFailure(fields.Node, fields.Word("as") switch
        {
            "dead" => SimulatedBmcBehaviour.Dead,
            "lazy" => SimulatedBmcBehaviour.Lazy,
            "flickers" => SimulatedBmcBehaviour.Flickering,
            _ => SimulatedBmcBehaviour.Lying,
        }),
        FaultField.Node, FaultField.Word("as", "dead", "how", "dead", "lazy", "lies-off", "flickers"))
    {
        EndedBy = "repair-bmc",
    };

    public void Strike(VirtualWorld world) => world.Host(Node).Bmc.Behaviour = As;
}

/// <summary>A BMC does and says what is true again.</summary>
public sealed record BmcRepair(NodeName Node) : IFault
{
    public static readonly FaultKind Kind = new(
        "repair-bmc", "Ends `fail-bmc`: the BMC does what it is ordered and says what is true.",
        fields => new BmcRepair(fields.Node), FaultField.Node);

    public void Strike(VirtualWorld world) => world.Host(Node).Bmc.Behaviour = SimulatedBmcBehaviour.Truthful;
}
