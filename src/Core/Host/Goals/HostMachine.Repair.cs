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
        var definition = _goalSeats.GetValueOrDefault(machine.Instance)?.Machine;
        if (definition is null || machine.Trouble is not null && !machine.Decided)
        {
            return;
        }

        if (machine.Step is MachineStep.Unreachable or MachineStep.Adopting)
        {
            if (machine.UnreachableSince is { } since && at.Now - since >= definition.Repair.HangWait)
            {
                Repair(at, machine, new GuestTrouble(HostIncidentKind.GuestHang, "monitorSilent",
                    $"its monitor has not answered for {(at.Now - since).TotalSeconds:0.#} s"));
            }

            return;
        }

        if (machine.Step != MachineStep.Up)
        {
            return;
        }

        if (machine.DiskFailed && machine.Signs.Held && !machine.Busy && at.Now >= machine.NotBefore)
        {
            machine.Busy = true;
            _effects.Add(new HostEffect.Release(machine.Instance, machine.Generation));
        }

        if (GuestWatch.Judge(at.Now, definition, machine.Signs) is { } trouble)
        {
            Repair(at, machine, trouble);
        }
        else if (!machine.ReadingIo && GuestWatch.ReadIsDue(at.Now, definition, machine.Signs))
        {
            machine.ReadingIo = true;
            _effects.Add(new HostEffect.ReadIo(machine.Instance, machine.Generation));
        }
    }

    /// <summary>
    /// Trouble with a live process: decided at once, because its cause is known. Only a shutdown waits for the warden's
    /// word, which may have asked for it when the lease ran out.
    /// </summary>
    private void Repair(Moment at, MachineRecord machine, GuestTrouble trouble)
    {
        if (machine.Step is not (MachineStep.Up or MachineStep.Unreachable or MachineStep.Adopting)
            || !IsWanted(machine))
        {
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

        Move(at, machine, MachineEvent.Exited, why);
    }

    private void OpenTrouble(Moment at, MachineRecord machine, GuestTrouble trouble)
    {
        machine.Trouble = trouble;
        machine.Decided = false;
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

    /// <summary>What the lease's end did is no fault of the guest and spends nothing.</summary>
    private void DecideRepair(Moment at, MachineRecord machine)
    {
        var trouble = machine.Trouble!;
        var limits = _goalSeats.GetValueOrDefault(machine.Instance)?.Machine.Repair ?? new RepairLimits();
        machine.Decided = true;
        Reason decision;
        if (trouble.Kind == HostIncidentKind.LeaseEnd)
        {
            decision = new Reason("watch", "restartWhenLeased",
                $"{machine.Instance}: {trouble.Message}; it starts again with a fresh lease");
        }
        else if (machine.Budget.Allows(at.Now, limits))
        {
            machine.Budget = machine.Budget.Spend(at.Now, limits);
            decision = new Reason("watch", "restartInPlace",
                $"{machine.Instance}: {trouble.Message}; "
                    + $"restart {machine.Budget.Used(at.Now, limits)} of {limits.Resets} in place");
        }
        else
        {
            machine.GivingUp = true;
            decision = new Reason("watch", "handBack",
                $"{machine.Instance}: {trouble.Message}; "
                    + $"handed back after {limits.Resets} restarts within {limits.Window.TotalMinutes:0.#} min");
        }

        machine.Reason = decision;
        ChangeIncident(machine, incident => incident with { Decision = decision, DecidedAt = at.Wall });
        if (machine.GivingUp)
        {
            CloseIncident(machine);
        }

        Tell(decision);
    }
}
