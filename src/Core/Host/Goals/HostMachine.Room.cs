using Havm.Model;

namespace Havm.Core.Host.Goals;

/// <summary>
/// What is held because its disk had no room left. What a write met is over when the write is tried again and there is
/// room, as it is every few seconds. What a flush met is not (decision 31): once new data is taken beside its disks and
/// the error still stands, a fresh process is what helps. How much a file system says is free is no answer: what lies
/// below it may be full, and that is where a flush meets it.
/// </summary>
public sealed partial class HostMachine
{
    private void ProbeRoomIfDue(Instant now)
    {
        foreach (var machine in _machines.Values)
        {
            if (machine is { DiskError: MachineSignKind.NoSpace, HeldThoughReachedSince: not null, ProbingRoom: false }
                && !(now - machine.RoomAskedAt < _settings.SlowRetry) && IsWanted(machine))
            {
                (machine.ProbingRoom, machine.RoomAskedAt) = (true, now);
                _effects.Add(new HostEffect.ProbeRoom(
                    machine.Instance, machine.Generation, _goalSeats[machine.Instance].Machine.Disks));
            }
        }
    }

    private static void TakeRoom(Instant now, MachineRecord machine, bool hasRoom)
    {
        machine.ProbingRoom = false;
        machine.RoomSince = hasRoom && machine.HeldThoughReachedSince is not null ? machine.RoomSince ?? now : null;
    }
}
