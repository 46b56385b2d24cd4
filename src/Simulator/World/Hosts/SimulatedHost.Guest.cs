using Havm.Model;

namespace Havm.Simulator.World.Hosts;

/// <summary>What guests of the machine do by themselves.</summary>
public sealed partial class SimulatedHost
{
    /// <summary>A guest boots once, when its vCPUs first run, and then says that it is ready.</summary>
    private void BootGuest(QemuState process)
    {
        if (!process.Runs || process.Booting)
        {
            return;
        }

        process.Booting = true;
        Gate.After(_world.Settings.GuestBoot, () =>
        {
            if (Machines.Find(process.Instance) == process && !process.Hangs
                && !Faults.NeverGetsReady(process.Instance))
            {
                GuestIsUp(process);
            }
        });
    }

    private void GuestIsUp(QemuState process)
    {
        if (SimulatedRole.Has(process.Seat))
        {
            process.Role = new SimulatedRole(_world, this, process);
            process.Role.Begin();
            return;
        }

        process.Ready = true;
        if (process.Speaks)
        {
            Agent?.Sign(process.Instance, process.Seat.Generation, MachineSignKind.GuestReady);
            BeatGuest(process);
        }
    }

    internal void CrashRole(InstanceName instance) => Machines.Find(instance)?.Role?.Crash();

    /// <summary>The program in a guest is ill for as long as the guest is not begun anew; null: it is well.</summary>
    internal void SpoilRole(InstanceName instance, RoleFate? fate)
    {
        if (Machines.Find(instance)?.Role is { } role)
        {
            role.Fate = fate;
            if (fate == RoleFate.Crashes)
            {
                role.Crash();
            }
        }
    }

    /// <summary>A guest that is watched says again and again that it lives, while its vCPUs run.</summary>
    private void BeatGuest(QemuState process)
    {
        if (process.IsWatched)
        {
            Gate.After(_world.Settings.GuestBeat, () =>
            {
                if (Machines.Find(process.Instance) == process && !process.Hangs)
                {
                    if (process.Runs)
                    {
                        Agent?.Sign(process.Instance, process.Seat.Generation, MachineSignKind.GuestBeat);
                    }

                    BeatGuest(process);
                }
            });
        }
    }

    /// <summary>Every access to a disk fails.</summary>
    public bool DisksLost => _pathLost || StorageRefuses;

    /// <summary>Storage was told to refuse the node, whichever boot it runs.</summary>
    public bool StorageRefuses { get; private set; }

    /// <summary>Guests meet that with their next access, and are held.</summary>
    internal void LoseDisks()
    {
        _pathLost = true;
        MeetLostDisks();
    }

    /// <summary>The path is there again; what refuses the node still does.</summary>
    internal void FindDisks() => _pathLost = false;

    internal void RefuseStorage(bool refuses)
    {
        StorageRefuses = refuses;
        _world.Heartbeats.Refuse(Name, refuses);
        MeetLostDisks();
    }

    private void MeetLostDisks()
    {
        foreach (var process in Machines.Alive.Where(process => process.Runs && HasNoDisks(process)).ToList())
        {
            HoldByDisk(process);
        }
    }

    /// <summary>It has disks, and all are lost. Where a scenario says nothing of disks, all guests have some.</summary>
    private bool HasNoDisks(QemuState process) => DisksLost
        && (!process.Seat.Machine.Disks.IsEmpty
            || _world.Store.Ledger.Instances.Values.All(instance => instance.Machine.Disks.IsEmpty));

    private void HoldByDisk(QemuState process)
    {
        var (instance, generation) = (process.Instance, process.Seat.Generation);
        Machines.Turn(instance, generation, false, "a disk error holds it");
        process.HeldByDisk = true;
        Agent?.Sign(instance, generation, MachineSignKind.Held);
        Agent?.Sign(instance, generation, process.DiskError ?? MachineSignKind.IoError);
    }

    /// <summary>What guests have open as their disks is of no use any more; a fresh process finds them well.</summary>
    internal void SpoilDisks(MachineSignKind error)
    {
        foreach (var process in Machines.Alive.ToList())
        {
            process.DiskError = error;
            _world.DeadHandles.Add(process.Instance);
            if (process.Runs)
            {
                HoldByDisk(process);
            }
        }
    }

    /// <summary>A guest's kernel panics: its vCPUs are held, and the monitor says why.</summary>
    internal void PanicGuest(InstanceName instance)
    {
        if (Machines.Find(instance) is { Runs: true } process)
        {
            process.Hangs = true;
            process.Panicked = true;
            process.Ready = false;
            Machines.Turn(instance, process.Seat.Generation, false, "the guest panicked");
            Agent?.Sign(instance, process.Seat.Generation, MachineSignKind.Panic);
        }
    }

    /// <summary>A guest hangs with its watchdog armed, which fires; its vCPUs go on running.</summary>
    internal void BiteGuest(InstanceName instance)
    {
        if (Machines.Find(instance) is { Runs: true, HasShutDown: false } process)
        {
            process.Hangs = true;
            process.Ready = false;
            Agent?.Sign(instance, process.Seat.Generation, MachineSignKind.Watchdog);
        }
    }
}
