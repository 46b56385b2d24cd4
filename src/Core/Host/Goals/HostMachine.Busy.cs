using Havm.Core.Host.Watch;
using Havm.Model;

namespace Havm.Core.Host.Goals;

/// <summary>
/// Guests that somebody works on from outside. What is left of that comes with the goal and is counted here on this
/// node's own clock: it ends when no controller speaks, and no clock of a controller can make it last.
/// </summary>
public sealed partial class HostMachine
{
    private readonly Dictionary<InstanceName, Instant> _busyUntil = [];

    /// <summary>The goal of the life before, whose times are yet to be counted; null: done, or none.</summary>
    private HostLedger? _recalled;

    /// <summary>When the goal in force was taken, by the wall clock; null: by it no time is left to anybody.</summary>
    private DateTimeOffset? _goalTakenAt;

    /// <summary>
    /// How long the agent was away only the wall clock tells. One that was set back gives a mark or a notice its whole
    /// time again at most, until a controller repeats what is left.
    /// </summary>
    private void RecallMarks(Moment at)
    {
        if (_recalled is { Goal: { } goal } kept)
        {
            var passed = kept.GoalTakenAt is { } taken && at.Wall > taken ? at.Wall - taken : TimeSpan.Zero;
            TakeMarks(at.Now - passed, goal);
            TakeNotices(at.Now - passed, goal);
        }

        _recalled = null;
    }

    /// <summary>A newer goal says all there is to say of who is busy.</summary>
    private void TakeMarks(Instant from, Goal goal)
    {
        _busyUntil.Clear();
        foreach (var seat in goal.Seats)
        {
            if (seat.Busy is { } busy)
            {
                _busyUntil[seat.Machine.Instance] = from + busy.Believed;
            }
        }
    }

    /// <summary>The goal in force was sent again: a mark may have less left by it, and never more.</summary>
    private void ShortenMarks(Instant now, Goal goal)
    {
        foreach (var seat in goal.Seats)
        {
            var instance = seat.Machine.Instance;
            if (!_busyUntil.TryGetValue(instance, out var until))
            {
                continue;
            }

            if (seat.Busy is not { } busy)
            {
                _busyUntil.Remove(instance);
            }
            else if (now + busy.Believed is var left && left < until)
            {
                _busyUntil[instance] = left;
            }
        }
    }

    /// <summary>Each step: a guest that is busy from now on, or not any more.</summary>
    private void NoteBusy(Instant now, MachineRecord machine)
    {
        var busy = _busyUntil.TryGetValue(machine.Instance, out var until) && now < until;
        if (busy == machine.Signs.Busy)
        {
            return;
        }

        if (busy)
        {
            machine.Signs = machine.Signs with { Busy = true };
            machine.Withheld = machine.Withheld is { IsJudgement: true } ? null : machine.Withheld;
            Tell(new Reason("watch", "busy",
                $"{machine.Instance}: it is busy ({_goalSeats.GetValueOrDefault(machine.Instance)?.Busy?.Why}) for "
                    + $"{(until - now).TotalSeconds:0} s at most: its silence is not judged"));
            return;
        }

        machine.Signs = machine.Signs.Freed(now);
        machine.UnreachableSince = machine.UnreachableSince is null ? null : now;
        Tell(new Reason("watch", "busyOver",
            $"{machine.Instance}: it is not busy any more: its silence is judged again, and counted anew"));
    }
}
