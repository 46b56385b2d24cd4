using Havm.Core.Host.Watch;
using Havm.Model;

namespace Havm.Core.Host.Goals;

/// <summary>
/// What ails the node, and machines that do nothing here any more because their disks are out of reach.
/// </summary>
public sealed partial class HostMachine
{
    /// <summary>
    /// So long a disk's file is gone before its machine is begun anew: by then a datastore that is gone too is seen.
    /// </summary>
    private static readonly TimeSpan HandleDeadWait = TimeSpan.FromSeconds(5);

    private readonly AilmentWatch _ailments = new();

    private void NoteAilments(Instant now)
    {
        foreach (var machine in _machines.Values)
        {
            _ailments.LookAtMonitor(now, machine.Instance, machine.UnreachableSince ?? machine.IoAskedAt);
            NoteStorage(now, machine);
        }

        _dirty |= _ailments.Turn(now);
    }

    /// <summary>
    /// A disk error holds its vCPUs, or accesses to its datastore do not come back. It is told, and nothing else: only
    /// a controller knows whether another node reaches the disk.
    /// </summary>
    private void NoteStorage(Instant now, MachineRecord machine)
    {
        var definition = _goalSeats.GetValueOrDefault(machine.Instance)?.Machine;

        // While automation is disarmed nobody tries to let it go on: the wait begins when that is tried again.
        var since = !Held && machine.Step is MachineStep.Up or MachineStep.Unreachable or MachineStep.Adopting
            ? WithoutDisksSince(now, machine, definition)
            : null;
        machine.StorageLostSince = since;
        var lost = since is { } from && definition?.Repair.StorageWait is { } wait && now - from >= wait;
        _dirty |= lost != machine.StorageLost;
        machine.StorageLost = lost;
    }

    /// <summary>Each try to go on meets it again; one that was met long ago was another one.</summary>
    private static void NoteDeadHandle(Instant now, MachineRecord machine) => machine.HandleDeadSince =
        machine.DiskFailedAt is { } last && now - last < AilmentWatch.OverAfter ? machine.HandleDeadSince ?? now : now;

    private void BeHeldByDisk(Moment at, MachineRecord machine, MachineSign sign)
    {
        machine.DiskFailed = true;
        machine.NotBefore = at.Now + _settings.SlowRetry;
        machine.Reason = new Reason("watch", "diskError", Say("a disk error holds it", sign));
        _dirty = true;
    }

    /// <summary>
    /// What it has open is gone, and its datastores answer: a fresh process finds all of its disks, and this one never
    /// will. Where a datastore does not answer the path is what is lost, and that has a rule of its own.
    /// </summary>
    private GuestTrouble? DeadHandle(Moment at, MachineRecord machine, MachineDefinition definition) =>
        machine is { DiskFailed: true, HandleDeadSince: { } since } && at.Now - since >= HandleDeadWait
            && !Datastores(definition).Any(_ailments.IsOutOfReach)
            ? new GuestTrouble(HostIncidentKind.DiskHandleLost, "handleDead",
                $"{machine.Reason?.Message ?? "a disk error holds it"}; the file that it has open is gone, and its "
                    + "datastore answers")
            : null;

    private Instant? WithoutDisksSince(Instant now, MachineRecord machine, MachineDefinition? definition)
    {
        // Each try to go on lets it run for a moment, until its next access fails.
        machine.DiskFailedAt = machine.DiskFailed ? now : machine.DiskFailedAt;
        if (machine.DiskFailedAt is { } failed && now - failed < AilmentWatch.OverAfter)
        {
            // A datastore that is full, or a bad block of the image, is met on every node: moving it would end it again
            // and again. What shows that the path is lost may be over when the error, of files held open, is not.
            machine.PathFailed |= definition is not null && Datastores(definition).Any(_ailments.IsOutOfReach);
            return machine.PathFailed ? machine.StorageLostSince ?? now : null;
        }

        machine.PathFailed = false;
        Instant? first = null;
        foreach (var disk in definition?.Disks ?? [])
        {
            var since = _ailments.LostSince(disk.File.Datastore);
            first = since is { } one && !(one >= first) ? one : first;
        }

        return first;
    }

    private static IEnumerable<string> Datastores(MachineDefinition machine)
    {
        foreach (var disk in machine.Disks)
        {
            yield return disk.File.Datastore;
        }

        if (machine.Boot.Kernel is { } kernel)
        {
            yield return kernel.Datastore;
        }
    }
}
