using System.Collections.Concurrent;
using System.Collections.Immutable;
using Havm.Hypervisor.Qemu.Evidence;
using Havm.Hypervisor.Qemu.Machine;
using Havm.Hypervisor.Qemu.Processes;
using Havm.Hypervisor.Qemu.Qmp;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Hypervisor.Qemu;

/// <summary>Machines as QEMU processes that outlive the agent. What it promises is written at the port.</summary>
public sealed class QemuHypervisor : IHypervisor
{
    private static readonly TimeSpan ConsolePeriod = TimeSpan.FromSeconds(10);

    private readonly QemuSettings _settings;
    private readonly IHostNetwork _network;
    private readonly MachineFinder _finder;
    private readonly MachineStarter _starter;
    private readonly ProcessEnds _ends = new();
    private readonly ConcurrentDictionary<InstanceName, QemuMachine> _machines = new();
    private readonly Timer _consoleTimer;

    /// <summary>Instances of which the life before has left a dump half written.</summary>
    private readonly ImmutableHashSet<InstanceName> _heldForDump;

    public QemuHypervisor(
        QemuSettings settings, IProcessSupervisor supervisor, IMachineCgroups cgroups, IHostNetwork network)
    {
        _settings = settings;
        _network = network;
        _heldForDump = GuestDump.RemoveUnfinished(settings.EvidenceDirectory);
        _finder = new MachineFinder(settings.RunDirectory, cgroups);
        _starter = new MachineStarter(settings, supervisor, cgroups, network, _ends);
        _consoleTimer = new Timer(_ => LimitConsoles(), null, ConsolePeriod, ConsolePeriod);
    }

    public async Task<MachineInventory> FindAsync(CancellationToken cancel)
    {
        var (complete, found) = await Task.Run(_finder.Find, cancel);
        var asked = found.Select(
            async machine => machine with { MonitorAnswers = await AnswersAsync(machine, cancel) });
        return new MachineInventory(complete, [.. await Task.WhenAll(asked)]);
    }

    public async Task<IMachine> StartHeldAsync(
        SeatGoal seat, string cgroup, IMachineSink sink, CancellationToken cancel) =>
        Hold(await _starter.StartAsync(seat, cgroup, sink, cancel));

    public async Task<IMachine> AdoptAsync(FoundMachine found, IMachineSink sink, CancellationToken cancel)
    {
        var files = MachineFiles.Of(_settings.RunDirectory, found.Instance);

        // First the handle, then the look: from here on the pid cannot become another process unseen.
        var ended = _ends.Watch(found.Pid);
        if (FoundProcess.Read(found.Pid, _settings.RunDirectory) is not { } process
            || process.Instance != found.Instance || process.Generation != found.Generation)
        {
            throw new MachineException(
                MachineTrouble.ProcessFailed,
                $"instance {found.Instance}: process {found.Pid} is not its QEMU of generation {found.Generation}");
        }

        try
        {
            var identity = new MachineIdentity(found.Instance, found.Generation, found.Pid, ended, files, found.Seat);
            var machine = Hold(await QemuMachine.ConnectAsync(
                identity, _settings, _network, sink, _settings.MonitorTimeout, tellState: true, cancel));
            if (_heldForDump.Contains(found.Instance))
            {
                machine.TellHeldForDump();
            }

            return machine;
        }
        catch (QmpException e)
        {
            throw e.For(found.Instance.Value);
        }
    }

    public Task<bool> LocksAreFreeAsync(ImmutableArray<DiskDefinition> disks, CancellationToken cancel) =>
        _starter.LocksAreFreeAsync(disks, cancel);

    public Task<bool> HasRoomAsync(ImmutableArray<DiskDefinition> disks, CancellationToken cancel) =>
        _starter.HasRoomAsync(disks, cancel);

    public Task CleanAsync(InstanceName instance, CancellationToken cancel) => _starter.CleanAsync(instance, cancel);

    /// <summary>Lets go of every machine; all go on as they are.</summary>
    public async ValueTask DisposeAsync()
    {
        await _consoleTimer.DisposeAsync();
        foreach (var machine in _machines.Values)
        {
            await machine.DisposeAsync();
        }

        _ends.Dispose();
    }

    private QemuMachine Hold(QemuMachine machine)
    {
        _machines[machine.Instance] = machine;
        machine.Gone.ContinueWith(
            _ => _machines.TryRemove(KeyValuePair.Create(machine.Instance, machine)),
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return machine;
    }

    /// <summary>A monitor takes one client: where we are that client, our own connection is the one to ask.</summary>
    private async Task<bool> AnswersAsync(FoundMachine found, CancellationToken cancel)
    {
        if (_machines.TryGetValue(found.Instance, out var machine) && machine.Pid == found.Pid && !machine.IsReleased)
        {
            return await machine.AnswersAsync(cancel);
        }

        try
        {
            string socket = MachineFiles.Of(_settings.RunDirectory, found.Instance).AgentSocket;
            await using var session = await QmpSession.OpenAsync(
                socket, _settings.MonitorTimeout, _settings.MonitorTimeout, static _ => { }, cancel);
            await session.QueryStatusAsync(cancel);
            return true;
        }
        catch (QmpException)
        {
            return false;
        }
    }

    private void LimitConsoles()
    {
        foreach (var instance in _machines.Keys)
        {
            LogLimit.Apply(
                MachineFiles.Of(_settings.RunDirectory, instance), _settings.ConsoleLimitBytes,
                _settings.ConsoleTailBytes);
        }
    }
}
