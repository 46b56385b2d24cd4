using Havm.Model;
using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>The QEMU process of a VM dies, wherever it runs; the agent of that node sees it at once.</summary>
public sealed record VmDeath(InstanceName Vm) : IFault
{
    public static readonly FaultKind Kind = new(
        "kill-vm", "The QEMU process of the VM dies. The agent of its node sees that at once.",
        fields => new VmDeath(fields.Vm), FaultField.Vm);

    public void Strike(VirtualWorld world) => world.HostOf(Vm)?.Kill(Vm, "its process died");
}
