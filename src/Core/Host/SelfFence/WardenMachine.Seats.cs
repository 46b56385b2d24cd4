using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Host.SelfFence;

/// <summary>What the lease's age does to each seat, and how it is carried out.</summary>
public sealed partial class WardenMachine
{
    private Generation Floor(InstanceName instance) => _floors.GetValueOrDefault(instance, Generation.None);

    private bool IsWithdrawn(InstanceName instance, Generation generation) =>
        _floors.TryGetValue(instance, out var floor) && generation <= floor;

    /// <summary>Turns the lease's age and the floor into the one event that is due for the seat.</summary>
    private void HoldToLease(Instant now, WardenSeat seat)
    {
        if (IsWithdrawn(seat.Instance, seat.Generation))
        {
            EndUnlessUnderWay(seat, byLease: false, $"generation {seat.Generation} is withdrawn");
            return;
        }

        if (IsLeaseFresh(now))
        {
            // Also while automation is disarmed, or once no lease binds it any more: what the lease's end had paused
            // goes on, and that is no start.
            Apply(seat, SeatEvent.LeaseFresh, byLease: false, "the lease is fresh again");
            return;
        }

        if (_settings.Terms.K(seat.Isolation) is not { } kill)
        {
            return;
        }

        var age = EndAge(now);
        if (Held || age < _settings.Terms.P)
        {
            return;
        }
        else if (age is null || age >= kill)
        {
            EndUnlessUnderWay(seat, byLease: true,
                $"the lease is {Age(age)} old, K of {Word.Of(seat.Isolation)} is {kill.TotalSeconds:0.#} s");
        }
        else if (seat.Isolation == IsolationPolicy.Pause)
        {
            Apply(seat, SeatEvent.PauseDue, byLease: true, $"the lease is {Age(age)} old");
        }
        else if (seat.Isolation == IsolationPolicy.Stop)
        {
            Apply(seat, SeatEvent.StopDue, byLease: true, $"the lease is {Age(age)} old");
        }
    }

    /// <summary>An end that is under way or done is not begun anew by the same cause.</summary>
    private void EndUnlessUnderWay(WardenSeat seat, bool byLease, string why)
    {
        if (seat.Phase is not (SeatPhase.Ending or SeatPhase.Ended))
        {
            Apply(seat, SeatEvent.EndDue, byLease, why);
        }
    }

    private void Apply(WardenSeat seat, SeatEvent happened, bool byLease, string why)
    {
        var before = seat.Phase;
        if (seat.Apply(happened, byLease))
        {
            // A monitor that was silent just now must not delay the kill that is due.
            seat.RetryAt = Instant.Origin;
            Changed();
            Tell(new Reason(
                "lease", "seat", $"{seat.Instance} generation {seat.Generation}: {before} -> {seat.Phase}: {why}"));
        }
    }

    /// <summary>Orders what the seat's phase asks for, unless it is under way.</summary>
    private void Drive(Instant now, WardenSeat seat)
    {
        if (seat.Phase == SeatPhase.Ending)
        {
            if (!seat.Killing && now >= seat.RetryAt)
            {
                seat.Killing = true;
                _effects.Add(new WardenEffect.Kill(seat.Instance));
            }

            return;
        }

        SwitchVerb? verb = seat.Phase switch
        {
            SeatPhase.Pausing => SwitchVerb.Hold,
            SeatPhase.Resuming => SwitchVerb.Release,
            SeatPhase.Stopping => seat.ShutdownAsked ? null : SwitchVerb.AskShutdown,
            SeatPhase.Permitted or SeatPhase.Running or SeatPhase.Paused or SeatPhase.Ending or SeatPhase.Ended => null,
        };
        if (verb is { } due && seat.Turning is null && now >= seat.RetryAt)
        {
            Turn(seat, due, request: 0);
        }
    }

    private void Turn(WardenSeat seat, SwitchVerb verb, long request)
    {
        if (seat.Socket is not { } socket)
        {
            return;
        }

        seat.Turning = verb;
        seat.TurnRequest = request;
        _effects.Add(new WardenEffect.Switch(seat.Instance, seat.Generation, socket, verb));
    }

    private void SwitchIsDone(Instant now, WardenInput.SwitchDone done)
    {
        if (!_seats.TryGetValue(done.Instance, out var seat) || seat.Generation != done.Generation
            || seat.Turning != done.Verb)
        {
            return;
        }

        var request = seat.TurnRequest;
        seat.Turning = null;
        seat.TurnRequest = 0;
        if (done.Done)
        {
            TurnWorked(seat, done.Verb);
        }
        else
        {
            seat.RetryAt = now + _settings.Retry;
            Tell(
                new Reason("lease", "monitorSilent", $"{seat.Instance}: its monitor did not take {done.Verb} in time"));
        }

        if (request != 0)
        {
            Reply(now, request, done.Done, Gate(done.Done ? "done" : "monitorSilent",
                done.Done
                    ? $"{seat.Instance}: {done.Verb} done"
                    : $"{seat.Instance}: the monitor did not answer in time"), seat);
        }
    }

    private void TurnWorked(WardenSeat seat, SwitchVerb verb)
    {
        switch (verb)
        {
            case SwitchVerb.Release:
            case SwitchVerb.Reset:
                Apply(seat, SeatEvent.Released, byLease: false, "its vCPUs run");
                break;
            case SwitchVerb.Hold:
                Apply(seat, SeatEvent.Held, byLease: true, "its vCPUs are held");
                break;
            case SwitchVerb.AskShutdown:
                seat.ShutdownAsked = true;
                break;
        }
    }

    private void KillIsDone(Instant now, WardenInput.KillDone done)
    {
        if (!_seats.TryGetValue(done.Instance, out var seat))
        {
            return;
        }

        seat.Killing = false;
        if (done.Empty)
        {
            Apply(seat, SeatEvent.VerifiedEmpty, byLease: false, "its cgroup is empty");
        }
        else
        {
            seat.RetryAt = now + _settings.Retry;
            Tell(new Reason("lease", "survivesKill", $"{seat.Instance}: something in its cgroup survives SIGKILL"));
        }

        foreach (var request in seat.EndRequests)
        {
            Reply(now, request, done.Empty, done.Empty
                ? Gate("ended", $"{seat.Instance}: its cgroup is empty")
                : Gate("survivesKill", $"{seat.Instance}: something in its cgroup survives SIGKILL"), seat);
        }

        seat.EndRequests.Clear();
    }

    private void SeeCgroups(ImmutableHashSet<InstanceName> populated, ImmutableArray<SeatRecord> found)
    {
        foreach (var instance in populated)
        {
            if (!_seats.ContainsKey(instance))
            {
                // Moved here by hand, it says itself what it is. Else nobody knows what this is allowed to do, so it
                // gets the shortest lease and no generation.
                var unknown = found.FirstOrDefault(seat => seat.Instance == instance) ?? new SeatRecord(
                    instance, Generation.None, IsolationPolicy.PowerOff, null, SeatPhase.Running);
                _seats.Add(instance, new WardenSeat(unknown));
                Changed();
                Tell(new Reason(
                    "lease", "unknownMachine", $"{instance}: its cgroup has processes and no permit is known"));
            }
        }

        foreach (var seat in _seats.Values)
        {
            var alive = populated.Contains(seat.Instance);
            Apply(seat, alive ? SeatEvent.SeenAlive : SeatEvent.SeenGone, byLease: false,
                alive ? "a process appeared without a permit" : "its processes are gone");
        }
    }

    /// <summary>Past K and perhaps alive: the watchdog must not be fed.</summary>
    private bool IsOverdue(Instant now, WardenSeat seat) =>
        _settings.Terms.K(seat.Isolation) is { } kill
        && !Held && !(EndAge(now) < kill)
        && (seat.Alive || seat.Phase == SeatPhase.Ending);

    /// <summary>A withdrawn seat that is proven gone is forgotten: its floor alone keeps it from coming back.</summary>
    private void ForgetWithdrawn()
    {
        foreach (var seat in _seats.Values.Where(seat => seat.Phase == SeatPhase.Ended && !seat.Alive
            && seat.Turning is null && seat.EndRequests.Count == 0
            && IsWithdrawn(seat.Instance, seat.Generation)).ToList())
        {
            _seats.Remove(seat.Instance);
            Changed();
        }
    }

    private static string Age(TimeSpan? age) => age is { } known ? $"{known.TotalSeconds:0.0} s" : "endlessly";
}
