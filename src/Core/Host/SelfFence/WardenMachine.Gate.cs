using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Host.SelfFence;

/// <summary>The gate: every process, `cont` and reset passes it, and it is shut without a fresh lease.</summary>
public sealed partial class WardenMachine
{
    private void Answer(Instant now, WardenInput.Asked asked)
    {
        _agentHeard = now;
        switch (asked)
        {
            case WardenInput.StatusAsked:
                Reply(now, asked.Request, granted: true, Gate("status", "here"),
                    [.. _seats.Values.Select(seat => seat.View)]);
                break;
            case WardenInput.PermitAsked permit:
                Permit(now, permit);
                break;
            case WardenInput.SwitchAsked order:
                OrderSwitch(now, order);
                break;
            case WardenInput.EndAsked end:
                End(now, end);
                break;
            case WardenInput.FloorsAsked floors:
                RaiseFloors(floors.Floors);
                ChangePolicies(floors.Policies);
                TakeAutomation(now, floors.Automation);
                _floorsTold = true;
                ReplyWhenKept(now, new Waiting(floors.Request, Permit: null));
                break;
            case WardenInput.DepartAsked depart:
                Depart(now, depart);
                break;
            default:
                throw new InvalidOperationException($"no such question: {asked}");
        }
    }

    private void Permit(Instant now, WardenInput.PermitAsked asked)
    {
        if (PermitRefusal(now, asked) is { } refusal)
        {
            Reply(now, asked.Request, granted: false, refusal);
            return;
        }

        if (_seats.TryGetValue(asked.Instance, out var before) && before.TurnRequest != 0)
        {
            Reply(now, before.TurnRequest, granted: false, Gate("ending", $"{asked.Instance}: its process is gone"),
                before);
        }

        _seats[asked.Instance] = new WardenSeat(
            new SeatRecord(asked.Instance, asked.Generation, asked.Isolation, asked.Socket, SeatPhase.Permitted));
        Changed();
        ReplyWhenKept(now, new Waiting(asked.Request, asked));
    }

    private Reason? PermitRefusal(Instant now, WardenInput.PermitAsked asked)
    {
        if (ShutReason(now, asked.Instance, asked.Generation) is { } shut)
        {
            return shut;
        }

        if (!_floorsTold)
        {
            return Gate("floorsUnknown", "the agent has not told the floors since the warden started");
        }

        if (_holds?.Epoch != _leasedIn)
        {
            return Gate("goalUnknown",
                "the controller that grants the lease has not told what belongs here: another node may hold this seat");
        }

        if (!_seats.TryGetValue(asked.Instance, out var seat))
        {
            return null;
        }

        if (seat.Generation > asked.Generation)
        {
            return Gate("newerHere",
                $"{asked.Instance}: generation {seat.Generation} was permitted, {asked.Generation} is older");
        }

        var gone = !seat.Alive && seat.EndRequests.Count == 0 && (seat.Phase == SeatPhase.Ended
            || (seat.Phase == SeatPhase.Permitted && seat.Generation == asked.Generation));
        return gone
            ? null
            : Gate("stillHere",
                $"{asked.Instance}: generation {seat.Generation} is not proven gone ({seat.Phase}); end it first");
    }

    /// <summary>Why the gate is shut for this seat; null when lease and floor allow it.</summary>
    private Reason? ShutReason(Instant now, InstanceName instance, Generation generation)
    {
        if (!IsLeaseFresh(now))
        {
            return Gate("noLease", LeaseAge(now) is { } age
                ? $"{instance}: the lease is {Age(age)} old, the gate opens again with a fresh one"
                : $"{instance}: there is no lease yet");
        }

        if (Held)
        {
            return Gate("disarmed", $"{instance}: automation is disarmed, nothing is started here");
        }

        if (generation < new Generation(1))
        {
            return Gate("noGeneration", $"{instance}: a seat's generation is 1 or more, not {generation}");
        }

        return IsWithdrawn(instance, generation)
            ? Gate("withdrawn", $"{instance}: generation {generation} is withdrawn, the floor is {Floor(instance)}")
            : null;
    }

    private void OrderSwitch(Instant now, WardenInput.SwitchAsked asked)
    {
        if (SwitchRefusal(now, asked) is { } refusal)
        {
            Reply(now, asked.Request, granted: false, refusal, _seats.GetValueOrDefault(asked.Instance));
            return;
        }

        Turn(_seats[asked.Instance], asked.Verb, asked.Request);
    }

    private Reason? SwitchRefusal(Instant now, WardenInput.SwitchAsked asked)
    {
        if (ShutReason(now, asked.Instance, asked.Generation) is { } shut)
        {
            return shut;
        }

        if (!_seats.TryGetValue(asked.Instance, out var seat) || seat.Generation != asked.Generation)
        {
            return Gate("otherSeat", $"{asked.Instance}: generation {asked.Generation} has no permit here");
        }

        if (seat.Phase is SeatPhase.Stopping or SeatPhase.Ending or SeatPhase.Ended)
        {
            return Gate("ending", $"{asked.Instance}: it is {seat.Phase}, a new process needs a new permit");
        }

        if (seat.Socket is null)
        {
            return Gate("noSocket", $"{asked.Instance}: its monitor socket is not known");
        }

        return seat.Turning is { } under ? Gate("busy", $"{asked.Instance}: {under} is under way, ask again") : null;
    }

    private void End(Instant now, WardenInput.EndAsked asked)
    {
        if (_seats.TryGetValue(asked.Instance, out var seat))
        {
            if (seat.Generation > asked.Generation && seat.Phase != SeatPhase.Ended)
            {
                Reply(now, asked.Request, granted: false, Gate(
                    "otherSeat",
                    $"{asked.Instance}: generation {seat.Generation} is here, the order is for {asked.Generation}"),
                    seat);
                return;
            }
        }
        else
        {
            seat = new WardenSeat(new SeatRecord(
                asked.Instance, asked.Generation, IsolationPolicy.PowerOff, null, SeatPhase.Ended));
            _seats.Add(asked.Instance, seat);
        }

        seat.EndRequests.Add(asked.Request);
        seat.RetryAt = now;
        Apply(seat, SeatEvent.EndDue, byLease: false, "the agent ordered its end");
    }

    /// <summary>Floors only rise. What stands at or below one is ended by the same step.</summary>
    private void RaiseFloors(ImmutableArray<GenerationFloor> floors)
    {
        foreach (var floor in floors)
        {
            if (floor.Generation > Floor(floor.Instance))
            {
                _floors[floor.Instance] = floor.Generation;
                Changed();
            }
        }
    }

    private void ChangePolicies(ImmutableArray<PolicyChange> policies)
    {
        foreach (var change in policies)
        {
            if (_seats.TryGetValue(change.Instance, out var nameless) && nameless.Generation == Generation.None
                && nameless is { Alive: true, Phase: SeatPhase.Running, Turning: null })
            {
                // Started by hand, it named nothing; the goal has a seat for it here.
                var named = new WardenSeat(nameless.Record with
                {
                    Generation = change.Generation, Isolation = change.Isolation,
                });
                named.Apply(SeatEvent.SeenAlive);
                _seats[change.Instance] = named;
                Changed();
            }

            if (_seats.TryGetValue(change.Instance, out var seat) && seat.Generation == change.Generation
                && seat.Isolation != change.Isolation)
            {
                seat.Isolation = change.Isolation;
                Changed();
            }
        }
    }

    private void Reply(Instant now, long request, bool granted, Reason reason, WardenSeat? seat = null) =>
        Reply(now, request, granted, reason, seat is null ? [] : [seat.View]);

    private void Reply(Instant now, long request, bool granted, Reason reason, ImmutableArray<SeatView> seats) =>
        _effects.Add(new WardenEffect.Reply(request, new GateReply(granted, reason, AgeTold(now), seats)));

    /// <summary>Within a long lease the lease is as fresh as it can be.</summary>
    private TimeSpan? AgeTold(Instant now) => LeaseAge(now) is { } age && age < TimeSpan.Zero
        ? TimeSpan.Zero
        : LeaseAge(now);

    private static Reason Gate(string code, string message) => new("gate", code, message);
}
