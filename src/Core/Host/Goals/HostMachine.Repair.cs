using Havm.Core.Host.Watch;
using Havm.Model;

namespace Havm.Core.Host.Goals;

/// <summary>
/// Repair in place: a fresh process at the same generation, because that alone gives a role its known-good image and
/// takes the locks anew. The warden permits it only under a valid lease. Beyond the limit the instance is handed back.
/// </summary>
public sealed partial class HostMachine
{
    /// <summary>Watches a machine that is up; called each step, so that no silence goes on unseen.</summary>
    private void Watch(Moment at, MachineRecord machine)
    {
        var seat = _goalSeats.GetValueOrDefault(machine.Instance);
        var definition = seat?.Machine;
        if (definition is null || Held || seat!.Wanted == WantedState.Unmanaged
            || machine.Trouble is not null && !machine.Decided)
        {
            return;
        }

        if (machine.Withheld is { } withheld && !Observes(machine, withheld))
        {
            machine.Withheld = null;
            Repair(at, machine, withheld);
            return;
        }

        if (machine.Step is MachineStep.Unreachable or MachineStep.Adopting)
        {
            WatchMonitor(at, machine, definition);
        }
        else if (machine.Step == MachineStep.Up)
        {
            WatchGuest(at, machine, definition);
        }
    }

    private void WatchMonitor(Moment at, MachineRecord machine, MachineDefinition definition)
    {
        if (!machine.Signs.Busy && !machine.Signs.DisksLost && machine.UnreachableSince is { } since
            && at.Now - since >= definition.Repair.HangWait)
        {
            Repair(at, machine, new GuestTrouble(HostIncidentKind.GuestHang, "monitorSilent",
                $"its monitor has not answered for {(at.Now - since).TotalSeconds:0.#} s"));
        }
    }

    private void WatchGuest(Moment at, MachineRecord machine, MachineDefinition definition)
    {
        if (DeadHandle(at, machine) is { } dead)
        {
            Repair(at, machine, dead);
            if (machine.Step != MachineStep.Up)
            {
                return;
            }
        }
        else if (machine.Withheld is { Kind: HostIncidentKind.DiskHandleLost })
        {
            machine.Withheld = null;
        }

        if ((machine.DiskFailed || machine.HeldForDump) && machine.Signs.Held && !machine.Busy
            && at.Now >= machine.NotBefore)
        {
            machine.Busy = true;
            _effects.Add(new HostEffect.Release(machine.Instance, machine.Generation));
        }

        CloseRoleIncident(at, machine);
        JudgeBite(at, machine, definition);
        if (machine.Step != MachineStep.Up)
        {
            return;
        }

        if (GuestWatch.Judge(at.Now, definition, machine.Signs) is { } trouble)
        {
            Repair(at, machine, trouble);
        }
        else if (machine.Withheld is { Kind: HostIncidentKind.GuestHang or HostIncidentKind.RoleFailure })
        {
            // It only observes, and the guest has come round by itself: nothing is left to be done when it acts again.
            machine.Withheld = null;
        }
        else if (!machine.ReadingIo && GuestWatch.ReadIsDue(at.Now, definition, machine.Signs))
        {
            machine.ReadingIo = true;
            machine.IoAskedAt ??= at.Now;
            _effects.Add(new HostEffect.ReadIo(machine.Instance, machine.Generation));
        }
    }

    /// <summary>
    /// Trouble with a live process: decided at once, because its cause is known. Only a shutdown waits for the warden's
    /// word, which may have asked for it when the lease ran out.
    /// </summary>
    /// <param name="isReset">The guest wanted to begin anew, as one that crashed does: no answer to anybody.</param>
    private void Repair(Moment at, MachineRecord machine, GuestTrouble trouble, bool isReset = false)
    {
        if (machine.Step is not (MachineStep.Up or MachineStep.Unreachable or MachineStep.Adopting))
        {
            return;
        }

        if (!IsWanted(machine) && !IsUnmanaged(machine))
        {
            // Somebody has it running here: it is repaired once it has its seat here, if it gets one.
            machine.Withheld = _goalSeats.ContainsKey(machine.Instance) ? machine.Withheld : trouble;
            return;
        }

        if (trouble.Kind == HostIncidentKind.GuestShutdown && !isReset && !Held && NoticeOf(machine) is { } notice)
        {
            GoAhead(at, machine, notice);
            return;
        }

        var observes = Observes(machine, trouble);
        if (observes && machine.Withheld is not null)
        {
            return;
        }

        if (Held || IsUnmanaged(machine) || observes)
        {
            // Told once, when it was seen; it is repaired when automation is on again or acts, or it is taken back.
            machine.Withheld = trouble;
            var why = Held ? "automation is disarmed" : observes ? "repair only observes" : "it is unmanaged";
            machine.Reason = new Reason("watch", "repairHeld",
                $"{machine.Instance}: {trouble.Message}; {why}, so nothing is done about it yet");
            _dirty = true;
            Tell(machine.Reason);
            return;
        }

        OpenTrouble(at, machine, trouble);
        if (trouble.Kind != HostIncidentKind.GuestShutdown)
        {
            DecideRepair(at, machine);
        }

        Move(at, machine, MachineEvent.EndDue, trouble.Message);
    }

    /// <summary>
    /// The process is gone. Why is only known once the warden has verified it: perhaps the lease's end did it.
    /// </summary>
    private void Gone(Moment at, MachineRecord machine, string why)
    {
        if (machine.Step == MachineStep.Starting)
        {
            machine.ExitedEarly = true;
            return;
        }

        if (machine.Step is MachineStep.Held or MachineStep.Releasing or MachineStep.Up or MachineStep.Adopting
            or MachineStep.Unreachable && IsWanted(machine))
        {
            OpenTrouble(at, machine, new GuestTrouble(HostIncidentKind.ProcessExit, "exit", why));
        }
        else if (IsUnmanaged(machine))
        {
            machine.Reason = new Reason("watch", "endedUnmanaged",
                $"{machine.Instance}: its process ended: {why}; it is unmanaged, so nothing is done about it");
        }

        Move(at, machine, MachineEvent.Exited, why);
    }

    /// <summary>The warden let it run on this boot and it is gone: it ended while no agent was looking.</summary>
    private void NoticeEndWhileAway(Moment at, MachineRecord machine, SeatGoal seat)
    {
        var view = _wardenSeats.FirstOrDefault(
            view => view.Instance == machine.Instance && view.Generation == machine.Generation);
        if (view is { Ended: true } && seat.Wanted == WantedState.Running)
        {
            OpenTrouble(at, machine, new GuestTrouble(
                view.ByLease ? HostIncidentKind.LeaseEnd : HostIncidentKind.ProcessExit, "away",
                view.ByLease ? "the lease's end ended it" : "its process ended while the agent was away"));
            DecideRepair(at, machine);
            if (machine.GivingUp)
            {
                Move(at, machine, MachineEvent.GiveUpDue, "the limit of repairs in place is reached");
            }
        }
    }

    /// <summary>What keeps the guest's memory is tried once, however often the end itself is.</summary>
    private HostEffect.End End(MachineRecord machine)
    {
        var within = machine is { DumpTried: false, IncidentId: not null } && IsWanted(machine)
            ? DumpRule.Within(_goalSeats.GetValueOrDefault(machine.Instance)?.Machine, machine.Trouble) : null;
        machine.DumpTried |= within is not null;
        return new HostEffect.End(
            machine.Instance, machine.Generation, machine.Trouble is null ? null : machine.IncidentId)
        {
            DumpWithin = within,
        };
    }

    private void OpenTrouble(Moment at, MachineRecord machine, GuestTrouble trouble)
    {
        // What is left to be heard of a guest that is begun anew says nothing of the next one.
        (machine.ReadyWord, machine.NoticeWord) = (null, null);
        machine.Trouble = trouble;
        machine.Decided = false;
        if (trouble.Kind != HostIncidentKind.RoleFailure)
        {
            SettleRoleIncident(machine);
        }

        // From here on the machine is repaired, and the incident is over when its guest is ready.
        (machine.RoleIncident, machine.RoleReadySince, machine.RoleReadyAt) = (false, null, null);
        if (machine.IncidentId is null)
        {
            OpenIncident(at, machine, trouble);
        }
    }

    private void Rename(MachineRecord machine, GuestTrouble trouble)
    {
        machine.Trouble = trouble;
        ChangeIncident(machine, incident => incident with { Kind = trouble.Kind });
    }

    /// <summary>
    /// What the lease's end did is no fault of the guest and spends nothing. Starts that failed have a limit of their
    /// own, because they say more about the node than about the guest.
    /// </summary>
    private void DecideRepair(Moment at, MachineRecord machine)
    {
        var trouble = machine.Trouble!;
        var limits = _goalSeats.GetValueOrDefault(machine.Instance)?.Machine.Repair ?? new RepairLimits();
        machine.Decided = true;
        var (code, deed) = trouble.Kind switch
        {
            HostIncidentKind.LeaseEnd => ("restartWhenLeased", "it starts again with a fresh lease"),
            HostIncidentKind.StartFailure => AfterFailedStart(machine, limits),
            HostIncidentKind.ProcessExit or HostIncidentKind.GuestPanic or HostIncidentKind.GuestHang
                or HostIncidentKind.GuestWatchdog or HostIncidentKind.GuestShutdown
                or HostIncidentKind.RoleFailure or HostIncidentKind.DiskHandleLost => AfterEnd(at, machine, limits),
        };
        var when = Held ? ", once automation is on again" : Waits(machine) ? ", once repair does not only observe" : "";
        var decision = new Reason("watch", code, $"{machine.Instance}: {trouble.Message}; {deed}{when}");
        machine.Reason = decision;
        ChangeIncident(machine, incident => incident with { Decision = decision, DecidedAt = at.Wall });
        if (machine.GivingUp)
        {
            CloseIncident(machine);
        }

        Tell(decision);
    }

    /// <summary>Repair in place only observes, and this is what it would see to.</summary>
    private bool Observes(MachineRecord machine, GuestTrouble trouble) =>
        trouble.Kind is not (HostIncidentKind.LeaseEnd or HostIncidentKind.StartFailure)
        && _goalSeats.GetValueOrDefault(machine.Instance) is { Machine.Repair.ObserveOnly: true } seat
        && seat.Generation == machine.Generation;

    /// <summary>What ended by itself stays so while repair only observes, until somebody orders it restarted.</summary>
    private bool Waits(MachineRecord machine) => machine.Trouble is { } trouble && Observes(machine, trouble)
        && _goalSeats[machine.Instance].RestartOrder <= machine.RestartOrder;

    private static (string Code, string Deed) AfterFailedStart(MachineRecord machine, RepairLimits limits)
    {
        machine.StartFailures++;
        machine.GivingUp = machine.StartFailures > limits.StartRetries;
        return machine.GivingUp
            ? ("handBack", $"handed back after {Count.Of(machine.StartFailures, "failed start")} in a row")
            : ("restartInPlace", $"try {machine.StartFailures} of {limits.StartRetries} in place after it failed");
    }

    private static (string Code, string Deed) AfterEnd(Moment at, MachineRecord machine, RepairLimits limits)
    {
        machine.GivingUp = !limits.ObserveOnly && !machine.Budget.Allows(at.Now, limits);
        if (machine.GivingUp)
        {
            return ("handBack",
                $"handed back after {limits.Resets} restarts within {limits.Window.TotalMinutes:0.#} min");
        }

        machine.Budget = machine.Budget.Spend(at.Now, limits);
        return ("restartInPlace",
            $"restart {machine.Budget.Used(at.Now, limits)} of {limits.Resets} in place");
    }
}
