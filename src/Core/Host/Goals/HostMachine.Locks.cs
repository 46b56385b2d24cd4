using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Host.Goals;

/// <summary>
/// Starts that a disk's lock refused here: those that the goal has this node watch, and those that wait for their next
/// try in place. Each second it is looked whether anybody holds the lock still, as long as the start waits. A lock
/// that is free ends a wait and nothing else.
/// </summary>
public sealed partial class HostMachine
{
    private ImmutableArray<FreeLock> _freeLocks = [];
    private ImmutableArray<LockWatch> _probed = [];
    private Instant _probeBegan = Instant.Origin;

    private void ProbeLocksIfDue(Instant now)
    {
        if (!_freeLocks.IsEmpty)
        {
            TellFreeLocks([.. _freeLocks.Where(free => IsWatched(free.Instance, free.Refused))]);
        }

        if (!_probed.IsEmpty || now - _probeBegan < _settings.Retry)
        {
            return;
        }

        ImmutableArray<LockWatch> watches =
        [
            .. _goal?.Locks.Take(LockWatch.AtOnce) ?? [],
            .. _machines.Values.Where(machine => WaitsForLock(machine) && now < machine.NotBefore)
                .Select(machine => new LockWatch(
                    machine.Instance, machine.Generation, _goalSeats[machine.Instance].Machine.Disks)),
        ];
        if (!watches.IsEmpty)
        {
            _probed = watches;
            _probeBegan = now;
            _effects.Add(new HostEffect.ProbeLocks(watches));
        }
    }

    /// <summary>
    /// What a probe that began before the last refusal saw is older than that. A lock that was never seen held may be
    /// one that cannot be seen from here: such a start waits its time, or all its tries would be over at once.
    /// </summary>
    private void TakeLocks(Moment at, HostInput.LocksProbed probed)
    {
        var free = probed.Free.ToHashSet();
        foreach (var machine in _machines.Values.Where(machine => WaitsForLock(machine)
            && machine.Since <= _probeBegan && at.Now < machine.NotBefore))
        {
            if (!free.Contains(new FreeLock(machine.Instance, machine.Generation)))
            {
                machine.LockSeen = true;
            }
            else if (machine.LockSeen)
            {
                machine.NotBefore = at.Now;
                Tell(new Reason("host", "lockFreed",
                    $"{machine.Instance}: nobody holds its disks' locks any more: it is tried again at once"));
            }
        }

        TellFreeLocks(
        [
            .. _probed.Where(watch => IsWatched(watch.Instance, watch.Refused))
                .Select(watch => new FreeLock(watch.Instance, watch.Refused)).Where(free.Contains),
        ]);
        _probed = [];
    }

    private void TellFreeLocks(ImmutableArray<FreeLock> free)
    {
        _dirty |= !free.SequenceEqual(_freeLocks);
        _freeLocks = free;
    }

    private bool IsWatched(InstanceName instance, Generation refused) =>
        _goal?.Locks.Any(watch => watch.Instance == instance && watch.Refused == refused) == true;

    private bool WaitsForLock(MachineRecord machine) =>
        machine is { Step: MachineStep.Idle, DiskLocked: true } && IsWanted(machine);
}
