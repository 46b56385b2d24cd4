using Havm.Core.Host.Watch;
using Havm.Model;

namespace Havm.Core.Host.Goals;

/// <summary>What the warden tells by answering, and by not answering.</summary>
public sealed partial class HostMachine
{
    private Goal? _acknowledged;
    private bool _wardenSilent;

    private void HearWarden(Moment at, HostInput.WardenHeard heard)
    {
        _wardenHeard = true;
        _wardenSilent = false;
        _wardenSeats = heard.Seats;
        foreach (var view in heard.Seats)
        {
            if (Find(view.Instance, view.Generation) is { Step: MachineStep.Up } machine)
            {
                NoteLeaseHold(at, machine, view);
            }
        }
    }

    /// <summary>A machine the warden pauses is an incident of its own, which ends when its vCPUs run again.</summary>
    private void NoteLeaseHold(Moment at, MachineRecord machine, WardenView view)
    {
        if (view.HeldByLease && machine.Signs.Held)
        {
            SettleRoleIncident(machine);
        }

        if (view.HeldByLease && machine.Signs.Held && machine.IncidentId is null)
        {
            machine.PausedByLease = true;
            OpenIncident(
                at, machine, new GuestTrouble(HostIncidentKind.LeaseEnd, "leasePause", "the lease's end paused it"));
            machine.Reason = new Reason(
                "lease", "paused", $"{machine.Instance}: its vCPUs are held until the lease is fresh");
        }
        else if (machine.PausedByLease && !view.HeldByLease && !machine.Signs.Held)
        {
            machine.PausedByLease = false;
            ChangeIncident(machine, incident => incident with { StartedAt = at.Wall, ReadyAt = at.Wall });
            CloseIncident(machine);
        }
    }

    /// <summary>The warden restarted or hangs: it may have forgotten the floors, so they are told again.</summary>
    private void WardenIsSilent(Instant now, string why)
    {
        if (_wardenSilent)
        {
            return;
        }

        _wardenSilent = true;
        _floorsTold = null;
        Tell(new Reason("gate", "wardenSilent", $"the warden does not answer, nothing is permitted: {why}"));
    }
}
