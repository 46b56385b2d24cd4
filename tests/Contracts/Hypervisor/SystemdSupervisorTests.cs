using Havm.Hypervisor.Qemu.Processes;
using Havm.Runtime.Ports;

namespace Havm.Contracts.Hypervisor;

/// <summary>With systemd; where it is not the init, every part is skipped by this name.</summary>
public sealed class SystemdSupervisorTests : RealMachineProcessTests
{
    public SystemdSupervisorTests()
        : base("havm-contract.slice", "havm-contract-", ".service") =>
        Assert.SkipUnless(SystemdSupervisor.IsAvailable, "systemd is not the init of this machine");

    protected override IProcessSupervisor Supervisor { get; } = new SystemdSupervisor(TimeSpan.FromSeconds(20));
}
