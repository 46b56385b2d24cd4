using System.Collections.Immutable;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Simulator.Host;

/// <summary>Simulated machines, by the same contract as the real ones. Frozen monitors time out at once.</summary>
public sealed class SimulatedHypervisor(SimulatedNode node) : IHypervisor
{
    private const string Qemu = "qemu";

    private readonly SimulatedMachineCgroups _cgroups = new(node);
    private readonly SimulatedHostNetwork _network = new(node);
    private readonly SimulatedProcessSupervisor _supervisor = new(node, Qemu);
    private readonly List<SimulatedMachine> _machines = [];

    public Task<MachineInventory> FindAsync(CancellationToken cancel) => Task.FromResult(new MachineInventory(
        node.IsReadable,
        [
            .. node.Guests.Values.Where(guest => guest.Process.IsAlive).Select(guest => new FoundMachine(
                guest.Seat.Machine.Instance, guest.Seat.Generation, guest.Process.Pid,
                SeatFileOf(guest), guest.Answers)),
        ]));

    public async Task<IMachine> StartHeldAsync(
        SeatGoal seat, string cgroup, IMachineSink sink, CancellationToken cancel)
    {
        var machine = seat.Machine;
        RefuseWhileAlive(machine.Instance);
        SimulatedProcess? process = null;
        try
        {
            PrepareFiles(machine);
            for (int card = 0; card < machine.Nics.Length; card++)
            {
                await _network.MakeTapAsync(machine.Instance, card, cancel);
            }

            int pid = await _supervisor.StartAsync(cgroup, [Qemu], "", cancel);
            process = node.Processes[^1];
            TakeLocks(machine, process);
            node.SeatFiles[machine.Instance] = seat;
            return Hold(node.Guests[pid] = new SimulatedGuest(process, seat), sink);
        }
        catch (MachineException)
        {
            process?.Kill();
            await _network.RemoveTapsAsync(machine.Instance, cancel);
            RemoveFresh(machine);
            throw;
        }
    }

    public Task<IMachine> AdoptAsync(FoundMachine found, IMachineSink sink, CancellationToken cancel)
    {
        if (!node.Guests.TryGetValue(found.Pid, out var guest) || !guest.Process.IsAlive)
        {
            throw new MachineException(MachineTrouble.ProcessFailed, $"process {found.Pid} is gone");
        }

        if (!guest.Answers)
        {
            throw new MachineException(MachineTrouble.MonitorSilent, $"process {found.Pid} does not answer");
        }

        var machine = Hold(guest, sink);
        machine.TellState();
        return Task.FromResult<IMachine>(machine);
    }

    public Task<bool> LocksAreFreeAsync(ImmutableArray<DiskDefinition> disks, CancellationToken cancel) =>
        Task.FromResult(disks.All(disk => node.Datastores.IsUnlocked(disk.File)));

    public Task<bool> HasRoomAsync(ImmutableArray<DiskDefinition> disks, CancellationToken cancel) =>
        Task.FromResult(disks.All(disk => node.Datastores.HasRoom(disk.File)));

    public Task CleanAsync(InstanceName instance, CancellationToken cancel)
    {
        RefuseWhileAlive(instance);
        if (node.SeatFiles.Remove(instance, out var seat))
        {
            RemoveFresh(seat.Machine);
        }

        return _network.RemoveTapsAsync(instance, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var machine in _machines)
        {
            await machine.DisposeAsync();
        }
    }

    private SeatGoal? SeatFileOf(SimulatedGuest guest) =>
        node.SeatFiles.TryGetValue(guest.Seat.Machine.Instance, out var seat)
        && seat.Generation == guest.Seat.Generation
            ? seat
            : null;

    private SimulatedMachine Hold(SimulatedGuest guest, IMachineSink sink)
    {
        var machine = new SimulatedMachine(guest, _network, sink);
        _machines.Add(machine);
        return machine;
    }

    private void PrepareFiles(MachineDefinition machine)
    {
        foreach (var file in (FileOnDatastore?[])[machine.Boot.Kernel, machine.Boot.Initrd])
        {
            if (file is not null)
            {
                node.Datastores.Require(file);
            }
        }

        foreach (var disk in machine.Disks)
        {
            node.Datastores.Prepare(disk);
        }
    }

    private void TakeLocks(MachineDefinition machine, SimulatedProcess process)
    {
        process.OnEnd(() => node.Datastores.Unlock(process));
        foreach (var disk in machine.Disks)
        {
            node.Datastores.Lock(disk.File, process);
        }
    }

    private void RemoveFresh(MachineDefinition machine)
    {
        foreach (var disk in machine.Disks.Where(disk => disk.Life == DiskLife.Fresh))
        {
            node.Datastores.RemoveIfFree(disk.File);
        }
    }

    private void RefuseWhileAlive(InstanceName instance)
    {
        if (_cgroups.Populated().ContainsKey(instance))
        {
            throw new MachineException(MachineTrouble.StillRunning, $"instance {instance} is alive on this node");
        }
    }
}
