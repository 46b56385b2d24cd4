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

    /// <summary>
    /// So long any other disk error stands, tried every few seconds, before it is held for one of the process and not
    /// of the disk. Longer, because a datastore that comes back may answer its reader before it takes every write.
    /// </summary>
    private static readonly TimeSpan ErrorStandsWait = TimeSpan.FromSeconds(30);

    /// <summary>QEMU tries what failed at once again when a machine is let go on.</summary>
    private static readonly TimeSpan WorksBetween = TimeSpan.FromSeconds(2);

    private readonly AilmentWatch _ailments = new();

    private void NoteAilments(Moment at)
    {
        var now = at.Now;
        foreach (var machine in _machines.Values)
        {
            _ailments.LookAtMonitor(now, machine.Instance, machine.UnreachableSince ?? machine.IoAskedAt);
            NoteStorage(at, machine);
        }

        _dirty |= _ailments.Turn(now);
    }

    /// <summary>
    /// A disk error holds its vCPUs, or accesses to its datastore do not come back. It is told, and nothing else: only
    /// a controller knows whether another node reaches the disk.
    /// </summary>
    private void NoteStorage(Moment at, MachineRecord machine)
    {
        var now = at.Now;
        var definition = _goalSeats.GetValueOrDefault(machine.Instance)?.Machine;
        var heldByPath = machine.PathFailed;

        // While automation is disarmed nobody tries to let it go on: the wait begins when that is tried again.
        var since = !Held && machine.Step is MachineStep.Up or MachineStep.Unreachable or MachineStep.Adopting
            ? WithoutDisksSince(now, machine, definition)
            : null;
        machine.StorageLostAt = since is not { } begun ? null : machine.StorageLostAt ?? at.Wall - (now - begun);
        machine.StorageLostSince = since;
        NoteDisks(now, machine, since is not null);
        machine.HeldThoughReachedSince = IsHeldByDisk(now, machine) && definition is not null
            && !Datastores(definition).Any(_ailments.IsOutOfReach) ? machine.HeldThoughReachedSince ?? now : null;
        var lost = since is { } from && definition?.Repair.StorageWait is { } wait && now - from >= wait;
        _dirty |= lost != machine.StorageLost || heldByPath != machine.PathFailed;
        machine.StorageLost = lost;
    }

    /// <summary>What is silent without its disks is not judged, and judged anew once they are back.</summary>
    private void NoteDisks(Instant now, MachineRecord machine, bool lost)
    {
        if (lost == machine.Signs.DisksLost)
        {
            return;
        }

        if (lost)
        {
            machine.Signs = machine.Signs with { DisksLost = true };
            return;
        }

        machine.StorageFoundAt = now;
        machine.Signs = machine.Signs.DisksFound(now);
        machine.UnreachableSince = machine.UnreachableSince is null ? null : now;
    }

    /// <summary>
    /// A guest's watchdog bites when nothing in it gets on. Without its disks nothing can: the bite counts once they
    /// are back and it has done nothing for the whole wait.
    /// </summary>
    private void BeBitten(Moment at, MachineRecord machine, GuestTrouble bite)
    {
        if (!machine.Signs.DisksLost)
        {
            Repair(at, machine, bite);
            return;
        }

        machine.Bite = bite;
        Tell(new Reason("watch", "biteHeld",
            $"{machine.Instance}: {bite.Message}; its disks are out of reach, so it is judged once they are back"));
    }

    private void JudgeBite(Moment at, MachineRecord machine, MachineDefinition definition)
    {
        if (machine.Bite is not { } bite || machine.Signs.DisksLost)
        {
            return;
        }

        if (machine.Signs.Held || machine.Busy)
        {
            // It cannot speak: its wait begins as it goes on.
            machine.StorageFoundAt = at.Now;
            return;
        }

        if (GuestWatch.StaysBitten(at.Now, definition, machine.Signs, machine.StorageFoundAt))
        {
            machine.Bite = null;
            Repair(at, machine, bite);
        }
        else if (GuestWatch.HasSpoken(machine.Signs, machine.StorageFoundAt))
        {
            machine.Bite = null;
        }
    }

    /// <summary>Each try to go on lets it run for a moment, until its next access fails.</summary>
    private static bool IsHeldByDisk(Instant now, MachineRecord machine) =>
        machine.DiskFailedAt is { } failed && now - failed < AilmentWatch.OverAfter;

    private void BeHeldByDisk(Moment at, MachineRecord machine, MachineSign sign)
    {
        if (at.Now - machine.RanAt >= WorksBetween)
        {
            // Let go on, it got something done: that error is over, and this is another one.
            machine.HeldThoughReachedSince = null;
        }

        machine.DiskFailed = true;
        machine.DiskError = sign.Kind;
        machine.NotBefore = at.Now + _settings.SlowRetry;
        machine.Reason = new Reason("watch", "diskError", Say("a disk error holds it", sign));
        _dirty = true;
    }

    /// <summary>
    /// What it has open is of no use any more, and its datastores answer: a fresh process finds all of its disks, and
    /// this one never will. The file is gone; or a flush of it failed once, after which QEMU never flushes it again and
    /// answers each one with that error for good (decision 31). Where a datastore does not answer the path is what is
    /// lost, which has rules of its own; and what is full is full for a fresh process too, until there is room.
    /// </summary>
    private static GuestTrouble? DeadHandle(Moment at, MachineRecord machine)
    {
        var isFull = machine.DiskError == MachineSignKind.NoSpace;
        if (!machine.DiskFailed || (isFull ? machine.RoomSince : machine.HeldThoughReachedSince) is not { } since)
        {
            return null;
        }

        var isGone = machine.DiskError == MachineSignKind.DiskHandleDead;
        var error = machine.Reason?.Message ?? "a disk error holds it";
        var held = at.Now - since;
        return held < (isGone ? HandleDeadWait : ErrorStandsWait) ? null
            : isGone ? new GuestTrouble(HostIncidentKind.DiskHandleLost, "handleDead",
                $"{error}; the file that it has open is gone, and its datastore answers")
            : new GuestTrouble(HostIncidentKind.DiskHandleLost, "errorStands",
                $"{error}; its datastore has {(isFull ? "taken new data" : "answered")} for {held.TotalSeconds:0} s, "
                    + "and the error stands");
    }

    private Instant? WithoutDisksSince(Instant now, MachineRecord machine, MachineDefinition? definition)
    {
        machine.DiskFailedAt = machine.DiskFailed ? now : machine.DiskFailedAt;
        if (IsHeldByDisk(now, machine))
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
