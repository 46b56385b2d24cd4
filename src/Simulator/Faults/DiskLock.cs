using Havm.Model;
using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>
/// A program that is none of ours holds the locks of a VM's disks, as one that copies an image does: QEMU is refused
/// wherever it is started. While a QEMU runs that program waits for it to end.
/// </summary>
public sealed record DiskLock(InstanceName Vm, bool Held) : IFault
{
    public static readonly FaultKind Take = new(
        "lock-disk",
        "Another program holds the locks of the VM's disks, from when no QEMU has them: every start is refused, on "
            + "every node. What runs goes on.",
        fields => new DiskLock(fields.Vm, true), FaultField.Vm) { EndedBy = "unlock-disk" };

    public static readonly FaultKind Free = new(
        "unlock-disk", "Ends `lock-disk`.", fields => new DiskLock(fields.Vm, false), FaultField.Vm);

    public void Strike(VirtualWorld world)
    {
        if (Held)
        {
            world.LockedDisks.Add(Vm);
        }
        else
        {
            world.LockedDisks.Remove(Vm);
        }
    }
}
