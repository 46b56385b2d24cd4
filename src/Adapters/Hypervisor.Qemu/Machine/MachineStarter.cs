using System.Collections.Immutable;
using Havm.Hypervisor.Qemu.Command;
using Havm.Hypervisor.Qemu.Disks;
using Havm.Hypervisor.Qemu.Evidence;
using Havm.Hypervisor.Qemu.Processes;
using Havm.Hypervisor.Qemu.Qmp;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Hypervisor.Qemu.Machine;

/// <summary>
/// Makes a held machine: disks and taps side by side, seat.json, then the process, then its monitor. Any trouble
/// undoes what was made, in reverse, so that a failed start leaves nothing that a later one trips over.
/// </summary>
internal sealed class MachineStarter(
    QemuSettings settings, IProcessSupervisor supervisor, IMachineCgroups cgroups, IHostNetwork network,
    ProcessEnds ends)
{
    private static readonly TimeSpan ConnectPause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan UndoTimeout = TimeSpan.FromSeconds(10);

    private readonly DatastorePaths _paths = new(settings.Datastores);
    private readonly DiskPreparer _disks =
        new(new DatastorePaths(settings.Datastores), settings.ImageProgram, settings.DatastoreTimeout);

    public async Task<QemuMachine> StartAsync(
        SeatGoal seat, string cgroup, IMachineSink sink, CancellationToken cancel)
    {
        var files = MachineFiles.Of(settings.RunDirectory, seat.Machine.Instance);
        RefuseWhileAlive(seat.Machine.Instance);
        try
        {
            var parts = await PrepareAsync(seat, files, cancel);
            int pid = await supervisor.StartAsync(cgroup, QemuCommand.For(parts, settings), files.QemuLog, cancel);
            var identity = new MachineIdentity(
                seat.Machine.Instance, seat.Generation, pid, ends.Watch(pid), files, seat);
            return await ConnectAsync(identity, sink, cancel);
        }
        catch (Exception e)
        {
            await UndoAsync(seat.Machine, files);
            if (e is IOException or UnauthorizedAccessException)
            {
                throw new MachineException(
                    QemuWords.TroubleOf(e.Message), $"instance {seat.Machine.Instance}: {e.Message}", e);
            }

            throw;
        }
    }

    /// <summary>Whether no lock would refuse a start with these disks now.</summary>
    public Task<bool> LocksAreFreeAsync(ImmutableArray<DiskDefinition> disks, CancellationToken cancel) =>
        _disks.AreFreeAsync(disks, cancel);

    /// <summary>As its namesake of the hypervisor.</summary>
    public Task<bool> HasRoomAsync(ImmutableArray<DiskDefinition> disks, CancellationToken cancel) =>
        _disks.HasRoomAsync(disks, cancel);

    /// <summary>Removes what a machine leaves on this node. Throws StillRunning while it is alive.</summary>
    public async Task CleanAsync(InstanceName instance, CancellationToken cancel)
    {
        RefuseWhileAlive(instance);
        var files = MachineFiles.Of(settings.RunDirectory, instance);
        var seat = files.ReadSeat();
        await Task.WhenAll(
            network.RemoveTapsAsync(instance, cancel),
            seat is null ? Task.CompletedTask : RemoveFreshAsync(seat.Machine, settings.DatastoreTimeout, cancel));
        files.Remove();
    }

    private async Task<MachineParts> PrepareAsync(SeatGoal seat, MachineFiles files, CancellationToken cancel)
    {
        var machine = seat.Machine;
        files.Prepare();
        var disks = _disks.PrepareAsync(machine, cancel);
        var taps = Task.WhenAll(
            machine.Nics.Select((_, card) => network.MakeTapAsync(machine.Instance, card, cancel)));
        var boot = Task.Run(
            () => (PathOf(machine.Boot.Kernel), PathOf(machine.Boot.Initrd)), cancel);
        await Task.WhenAll(disks, taps, boot);
        files.WriteSeat(seat);
        var (kernel, initrd) = await boot;
        return new MachineParts
        {
            Seat = seat,
            Files = files,
            Disks = await disks,
            Taps = [.. await taps],
            KernelPath = kernel,
            InitrdPath = initrd,
        };
    }

    private string? PathOf(FileOnDatastore? file) => file is null ? null : _paths.ExistingPathOf(file);

    private async Task<QemuMachine> ConnectAsync(MachineIdentity identity, IMachineSink sink, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(settings.StartTimeout);
        while (true)
        {
            try
            {
                return await QemuMachine.ConnectAsync(
                    identity, settings, network, sink, settings.StartTimeout, tellState: false, limit.Token);
            }
            catch (QmpException e) when (e.Trouble == QmpTrouble.Closed && !identity.Ended.IsCompleted)
            {
                // Not listening yet: it opens its sockets some milliseconds after exec.
                await Task.WhenAny(identity.Ended, Task.Delay(ConnectPause, CancellationToken.None));
            }
            catch (QmpException) when (identity.Ended.IsCompleted)
            {
                string said = LogTail.Text(identity.Files.QemuLog, 4096).Trim();
                throw new MachineException(
                    QemuWords.TroubleOf(said), $"instance {identity.Instance}: QEMU ended at once: {said}");
            }
            catch (QmpException e)
            {
                throw e.For(identity.Instance.Value);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                throw new MachineException(
                    MachineTrouble.MonitorSilent,
                    $"instance {identity.Instance}: no answer within"
                    + $" {settings.StartTimeout.TotalSeconds:0.#} s of its start");
            }
        }
    }

    private void RefuseWhileAlive(InstanceName instance)
    {
        if (cgroups.Populated().TryGetValue(instance, out var pids))
        {
            throw new MachineException(
                MachineTrouble.StillRunning,
                $"instance {instance}: process {string.Join(", ", pids)} is alive in its cgroup; end it first");
        }
    }

    private async Task UndoAsync(MachineDefinition machine, MachineFiles files)
    {
        try
        {
            using var limit = new CancellationTokenSource(UndoTimeout);
            if (await cgroups.EndAsync(machine.Instance, UndoTimeout, limit.Token))
            {
                await network.RemoveTapsAsync(machine.Instance, limit.Token);
                await RemoveFreshAsync(machine, UndoTimeout, limit.Token);
                files.Remove();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or MachineException
            or TimeoutException or OperationCanceledException)
        {
            // The trouble that led here is what must be told; what is left over, the next start or clean takes along.
        }
    }

    private Task RemoveFreshAsync(MachineDefinition machine, TimeSpan timeout, CancellationToken cancel) =>
        Task.Run(() => _disks.RemoveFresh(machine), cancel).WaitAsync(timeout, cancel);
}
