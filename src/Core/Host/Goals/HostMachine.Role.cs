using Havm.Core.Host.Watch;
using Havm.Model;

namespace Havm.Core.Host.Goals;

/// <summary>
/// What a guest agent is told, and what it says of the program that it supervises. It restarts it by itself, and that
/// is an incident like any other; where it has given up the machine is started anew.
/// </summary>
public sealed partial class HostMachine
{
    /// <summary>
    /// What was moved or started by hand is taken up before its seat has followed: its guest learns who it is then. And
    /// what its load balancer sees of it, and what is planned with it, changes while it runs.
    /// </summary>
    private void Introduce(Instant now, MachineRecord machine)
    {
        if (machine.Step != MachineStep.Up || Held
            || _goalSeats.GetValueOrDefault(machine.Instance) is not { } seat || seat.Generation != machine.Generation)
        {
            return;
        }

        var word = GuestWord.Of(seat);
        if (machine.Found is { Seat: null } found)
        {
            machine.Found = found with { Seat = seat with { Notice = null } };
        }
        else if (machine.Told == word || seat.Wanted == WantedState.Unmanaged)
        {
            return;
        }

        machine.Told = word;
        _effects.Add(new HostEffect.Introduce(WithTimeLeft(now, seat)));
    }

    private void TakeRoleDown(Moment at, MachineRecord machine, string said)
    {
        BecomeUnready(at, machine);
        OpenRoleIncident(at, machine, "roleRestart", $"{said}; its guest agent starts it again");
    }

    private void TakeRoleGivenUp(Moment at, MachineRecord machine, string said)
    {
        // Said again, it has been given up for as long as before.
        var before = machine.Signs;
        BecomeUnready(at, machine);
        machine.Signs = machine.Signs with
        {
            RoleGivenUp = said, FreedGivenUp = before.RoleGivenUp is null ? null : before.FreedGivenUp,
        };
        var off = _goalSeats.GetValueOrDefault(machine.Instance)?.Machine.Monitoring == MonitoringMode.Off;
        var words = off ? $"{said}; its monitoring is off, so nothing is done about it" : said;
        OpenRoleIncident(at, machine, "roleGivenUp", words);
        if (off)
        {
            machine.Reason = new Reason("watch", "roleGivenUp", $"{machine.Instance}: {words}");
            Tell(machine.Reason);
        }
    }

    /// <summary>Of the program's own trouble there is one incident at a time, which says what is known last.</summary>
    private void OpenRoleIncident(Moment at, MachineRecord machine, string code, string words)
    {
        if (machine is { Step: MachineStep.Up, IncidentId: null } && IsWanted(machine))
        {
            OpenIncident(at, machine, new GuestTrouble(HostIncidentKind.RoleFailure, code, words));
            machine.RoleIncident = true;
            _effects.Add(new HostEffect.KeepEvidence(machine.Instance, machine.Generation, machine.IncidentId!));
        }
        else if (machine.RoleIncident && code == "roleGivenUp")
        {
            var decision = new Reason("watch", code, $"{machine.Instance}: {words}");
            ChangeIncident(machine, incident => incident with { Decision = decision, DecidedAt = at.Wall });
        }
    }

    /// <summary>
    /// A program that is restarted in its guest and ends again at once is one incident: it closes when the program has
    /// been ready for as long as the guest agent takes to forgive its restarts.
    /// </summary>
    private void CloseRoleIncident(Moment at, MachineRecord machine)
    {
        var stable = (_goalSeats.GetValueOrDefault(machine.Instance)?.Machine.Application?.Restart ?? new RoleRestart())
            .StableAfter;
        if (machine is { RoleIncident: true, RoleReadySince: { } since } && at.Now - since >= stable)
        {
            SettleRoleIncident(machine);
        }
    }

    /// <summary>The incident of the program is over, with the time at which it was ready, if it was.</summary>
    private void SettleRoleIncident(MachineRecord machine)
    {
        if (machine.RoleIncident)
        {
            ChangeIncident(machine, incident => incident with { ReadyAt = machine.RoleReadyAt });
            CloseIncident(machine);
            (machine.RoleIncident, machine.RoleReadySince, machine.RoleReadyAt) = (false, null, null);
        }
    }
}
