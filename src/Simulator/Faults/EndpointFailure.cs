using Havm.Model;
using Havm.Simulator.LoadBalancer;
using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>A VM's endpoint does not answer its load balancer, wherever the VM runs; guest and role are well.</summary>
public sealed record EndpointFailure(InstanceName Vm, ProbeFate Fate) : IFault
{
    public static readonly FaultKind Kind = new(
        "endpoint-fail",
        "The VM's endpoint does not answer its load balancer's probes as it should, wherever the VM runs, also after a "
            + "restart. Its guest says that it is well.",
        fields => new EndpointFailure(fields.Vm, fields.Word("as") switch
        {
            "refused" => ProbeFate.Refused,
            "silent" => ProbeFate.Nothing,
            _ => ProbeFate.Wrong,
        }),
        FaultField.Vm, FaultField.Word("as", "wrong", "what a probe meets", "wrong", "refused", "silent"))
    {
        EndedBy = "endpoint-heal",
    };

    public void Strike(VirtualWorld world) => world.Balancers.Spoil(Vm, Fate);
}

/// <summary>An endpoint that failed answers again.</summary>
public sealed record EndpointHealing(InstanceName Vm) : IFault
{
    public static readonly FaultKind Kind = new(
        "endpoint-heal", "Ends `endpoint-fail`.", fields => new EndpointHealing(fields.Vm), FaultField.Vm);

    public void Strike(VirtualWorld world) => world.Balancers.Heal(Vm);
}
