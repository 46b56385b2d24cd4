using Havm.Model;
using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>
/// A guest stands still: its vCPUs run, and it says and does nothing more. Only a host that watches it can know.
/// </summary>
public sealed record GuestHang(InstanceName Vm) : IFault
{
    public static readonly FaultKind Kind = new(
        "hang-guest",
        "The guest's vCPUs run, and it says nothing and does no work any more. Only where the VM's `monitoring` is on "
            + "does anybody look.",
        fields => new GuestHang(fields.Vm), FaultField.Vm);

    public void Strike(VirtualWorld world)
    {
        if (world.HostOf(Vm)?.Machines.Find(Vm) is { } process)
        {
            process.Hangs = true;
        }
    }
}

/// <summary>A guest's kernel panics: its vCPUs are held, and QEMU says so at once.</summary>
public sealed record GuestPanic(InstanceName Vm) : IFault
{
    public static readonly FaultKind Kind = new(
        "panic-guest", "The guest's kernel panics: its vCPUs are held, and QEMU says so at once.",
        fields => new GuestPanic(fields.Vm), FaultField.Vm);

    public void Strike(VirtualWorld world) => world.HostOf(Vm)?.PanicGuest(Vm);
}

/// <summary>A guest stands still, and the watchdog that it armed tells its host at once.</summary>
public sealed record GuestBitten(InstanceName Vm) : IFault
{
    public static readonly FaultKind Kind = new(
        "bite-guest",
        "The guest hangs as by `hang-guest`, with its own watchdog armed: once that is not fed any more, QEMU says so.",
        fields => new GuestBitten(fields.Vm), FaultField.Vm);

    public void Strike(VirtualWorld world) => world.HostOf(Vm)?.BiteGuest(Vm);
}
