using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>Every load balancer stands still, or has no network; what runs behind them is well.</summary>
public sealed record BalancerFailure(string How) : IFault
{
    public static readonly FaultKind Kind = new(
        "balancer-stop",
        "Every load balancer stands still and says nothing; or it says that not one member answers, because its own "
            + "network is cut. What is behind them is well.",
        fields => new BalancerFailure(fields.Word("how")),
        FaultField.Word("how", "dead", "whether they stand still, or have no network", "dead", "cut-off"))
    {
        EndedBy = "balancer-start",
    };

    public void Strike(VirtualWorld world)
    {
        if (How == "cut-off")
        {
            world.Balancers.CutOff = true;
        }
        else
        {
            world.Balancers.Stop();
        }
    }
}

/// <summary>Load balancers are started again, or have their network again.</summary>
public sealed record BalancerStart(string How) : IFault
{
    public static readonly FaultKind Kind = new(
        "balancer-start", "Ends `balancer-stop`: those that stood still begin anew, and know nothing of before.",
        fields => new BalancerStart(fields.Word("how")),
        FaultField.Word("how", "dead", "what is put right", "dead", "cut-off"));

    public void Strike(VirtualWorld world)
    {
        if (How == "cut-off")
        {
            world.Balancers.CutOff = false;
        }
        else
        {
            world.Balancers.Start();
        }
    }
}
