using Havm.Core.Host.Watch;
using Havm.Model;

namespace Havm.Core.Host.Goals;

/// <summary>What comes back from orders, guests and the warden.</summary>
public sealed partial class HostMachine
{
    /// <summary>Nodes whose guests are being asked: a question that comes meanwhile is left out.</summary>
    private readonly HashSet<NodeName> _askingGuestsOf = [];

    /// <summary>Nodes that are being asked for, likewise.</summary>
    private readonly HashSet<NodeName> _askingFor = [];

    private MachineRecord? Find(InstanceName instance, Generation generation) =>
        _machines.TryGetValue(instance, out var machine) && machine.Generation == generation ? machine : null;

    private void TakeAnswer(Moment at, HostInput input)
    {
        switch (input)
        {
            case HostInput.StartDone done
                when Find(done.Instance, done.Generation) is { Step: MachineStep.Starting } machine:
                StartIsDone(at, machine, done);
                break;
            case HostInput.ReleaseDone done when Find(done.Instance, done.Generation) is { } machine:
                ReleaseIsDone(at, machine, done);
                break;
            case HostInput.AdoptDone done
                when Find(done.Instance, done.Generation) is { Step: MachineStep.Adopting } machine:
                AdoptIsDone(at, machine, done);
                break;
            case HostInput.EndDone done
                when Find(done.Instance, done.Generation) is { Step: MachineStep.Ending } machine:
                EndIsDone(at, machine, done);
                break;
            case HostInput.EvidenceKept { Kept: { } kept } done:
                ChangeIncident(done.Incident, incident => incident with { Kept = kept });
                break;
            case HostInput.Signed signed when Find(signed.Instance, signed.Generation) is { } machine:
                Read(at, machine, signed.Sign);
                break;
            case HostInput.RoomProbed probed when Find(probed.Instance, probed.Generation) is { } machine:
                TakeRoom(at.Now, machine, probed.HasRoom);
                break;
            case HostInput.GuestsAsked asked when _askingGuestsOf.Add(asked.Node):
                _effects.Add(new HostEffect.AskGuests(asked.Node, [.. asked.Cards.Take(GuestCard.AtOnce)]));
                break;
            case HostInput.GuestsAnswered answered:
                _askingGuestsOf.Remove(answered.Node);
                if (!answered.Guests.IsEmpty)
                {
                    _effects.Add(new HostEffect.TellGuests(
                        [.. answered.Guests.Select(guest => new GuestAnswer(answered.Node, guest))]));
                }

                break;
            case HostInput.NodeAsked asked when _askingFor.Add(asked.Node):
                _effects.Add(new HostEffect.AskNode(asked.Node, asked.Address));
                break;
            case HostInput.NodeAnswered answered:
                _askingFor.Remove(answered.Node);
                if (answered.Answers)
                {
                    _effects.Add(new HostEffect.TellReached(answered.Node));
                }

                break;
            case HostInput.IoRead read when Find(read.Instance, read.Generation) is { } machine:
                machine.ReadingIo = false;
                machine.IoAskedAt = read.DiskOperations is null ? machine.IoAskedAt : null;
                machine.Signs = read.DiskOperations is { } disk
                    ? machine.Signs.WithIo(at.Now, disk, read.NetworkBytes)
                    : machine.Signs with { LastRead = at.Now };
                break;
        }
    }

    private void StartIsDone(Moment at, MachineRecord machine, HostInput.StartDone done)
    {
        machine.Reason = done.Reason;
        machine.DiskLocked = done is { Outcome: StartOutcome.NotMade, Reason.Code: "diskLocked" };
        switch (done.Outcome)
        {
            case StartOutcome.Made:
                machine.Pid = done.Pid;
                Move(at, machine, MachineEvent.Made, $"pid {done.Pid} is held");
                if (machine.ExitedEarly)
                {
                    Gone(at, machine, "its process ended at once");
                }

                break;
            case StartOutcome.NotPermitted:
                // A warden that has just restarted wants to hear the floors before it permits anything.
                _floorsTold = done.Reason?.Code == "floorsUnknown" ? null : _floorsTold;
                Move(at, machine, MachineEvent.NotPermitted, done.Reason?.Message ?? "the warden refused");
                machine.NotBefore = at.Now + _settings.Retry;
                if (done.Reason?.Code == "withdrawn")
                {
                    // The goal is of a state that forgot it: no try here ever succeeds at this generation.
                    Move(at, machine, MachineEvent.GiveUpDue, done.Reason.Message);
                }

                break;
            case StartOutcome.NotMade:
                OpenTrouble(at, machine, new GuestTrouble(
                    HostIncidentKind.StartFailure, done.Reason?.Code ?? "notMade",
                    done.Reason?.Message ?? "it could not be started"));
                Move(at, machine, MachineEvent.NotMade, machine.Trouble!.Message);
                break;
        }
    }

    private void ReleaseIsDone(Moment at, MachineRecord machine, HostInput.ReleaseDone done)
    {
        if (machine.Step == MachineStep.Up)
        {
            // A machine that a disk error stopped was asked to go on.
            machine.Busy = false;
            machine.NotBefore = at.Now + _settings.SlowRetry;
            if (done is { Granted: false, Reason.Code: "ending" } && machine.Signs.Held)
            {
                // Nobody would end it any more, now that there is a lease, and it can never end by itself.
                Repair(at, machine, new GuestTrouble(HostIncidentKind.LeaseEnd, "leaseEnd",
                    "the lease's end asked it to shut down, and a disk error holds it"));
            }

            return;
        }

        if (machine.Step != MachineStep.Releasing)
        {
            return;
        }

        machine.Reason = done.Granted ? null : done.Reason;
        if (done.Granted)
        {
            machine.Signs = machine.Signs with { Released = at.Now, Held = false };
            machine.StartedAt = at.Wall;
            Move(at, machine, MachineEvent.Released, "its vCPUs run");
            NoteStarted(at, machine);
        }
        else
        {
            Move(at, machine, MachineEvent.NotReleased, done.Reason?.Message ?? "the warden refused");
            machine.NotBefore = at.Now + _settings.Retry;
        }
    }

    private void AdoptIsDone(Moment at, MachineRecord machine, HostInput.AdoptDone done)
    {
        machine.Reason = done.Reason;
        if (!done.Adopted)
        {
            Move(at, machine, MachineEvent.NotAdopted, done.Reason?.Message ?? "its monitor does not answer");
            machine.NotBefore = at.Now + _settings.SlowRetry;
            return;
        }

        machine.UnreachableSince = null;
        if (_wardenSeats.Any(
            view => view.Instance == machine.Instance && view.Generation == machine.Generation && view.NeverReleased))
        {
            Move(at, machine, MachineEvent.AdoptedHeld, $"pid {machine.Pid} was made and never let run");
            return;
        }

        machine.Signs = machine.Signs with { Released = at.Now };
        Move(at, machine, MachineEvent.Adopted, $"pid {machine.Pid} goes on");
    }

    private void EndIsDone(Moment at, MachineRecord machine, HostInput.EndDone done)
    {
        if (done.Kept is not null || done.NotKept is not null)
        {
            ChangeIncident(machine, incident => incident with
            {
                Kept = done.Kept ?? incident.Kept, NotKept = done.NotKept ?? incident.NotKept,
            });
        }

        if (!done.Verified)
        {
            machine.Busy = false;
            machine.Reason = done.Reason;
            machine.NotBefore = at.Now + _settings.Retry;
            return;
        }

        if (machine.WentFor is not null && done.ByLease)
        {
            WasNoAnswer(at, machine);
        }

        if (machine.Trouble is not null && !machine.Decided)
        {
            if (done.ByLease && machine.Trouble.Kind != HostIncidentKind.StartFailure)
            {
                Rename(machine, new GuestTrouble(HostIncidentKind.LeaseEnd, "leaseEnd", "the lease's end ended it"));
            }

            DecideRepair(at, machine);
        }

        machine.ProvenGone = at.Now;
        Move(at, machine, MachineEvent.VerifiedGone, "nothing is left of it");
        if (machine.GivingUp)
        {
            machine.GivingUp = false;
            Move(at, machine, MachineEvent.GiveUpDue, "the limit of repairs in place is reached");
        }
        else if (machine.StartFailures > 0)
        {
            machine.NotBefore = at.Now + Backoff(machine.StartFailures);
        }
    }

    private TimeSpan Backoff(int failures)
    {
        var wait = _settings.Retry * Math.Pow(2, Math.Min(failures - 1, 10));
        return wait < _settings.LongestBackoff ? wait : _settings.LongestBackoff;
    }

    private void Read(Moment at, MachineRecord machine, MachineSign sign)
    {
        switch (sign.Kind)
        {
            case MachineSignKind.Running:
                _dirty |= machine.Signs.Held;
                machine.Signs = machine.Signs.Held ? machine.Signs.Resumed(at.Now) : machine.Signs;
                machine.DiskFailed = false;
                machine.HeldForDump = false;
                machine.RanAt = at.Now;
                machine.Reason = null;
                break;
            case MachineSignKind.Held:
                _dirty |= !machine.Signs.Held;
                machine.Signs = machine.Signs with { Held = true };
                break;
            case MachineSignKind.HeldForDump:
                // One that runs, or runs again, was let go on by somebody: who holds it later has his own reason.
                machine.HeldForDump = machine.Signs.Held;
                break;
            case MachineSignKind.GuestBeat:
                machine.Signs = machine.Signs with { LastBeat = at.Now };
                break;
            case MachineSignKind.GuestReady:
            case MachineSignKind.GuestNotReady:
            case MachineSignKind.RoleDown:
            case MachineSignKind.RoleGivenUp:
            case MachineSignKind.ReadsNotices:
            case MachineSignKind.ReadsNoNotices:
                HearGuest(at, machine, sign);
                break;
            case MachineSignKind.RoleLog:
                machine.Log = LogTail.Of(sign.Detail);
                machine.HasLogNews = true;
                break;
            // A guest may say what it likes: only the name of what it was told goes on from here.
            case MachineSignKind.NoticeApproved
                when _goalSeats.GetValueOrDefault(machine.Instance)?.Notice?.Id == sign.Detail:
                _dirty |= machine.Signs.Approved != sign.Detail;
                machine.Signs = machine.Signs with { Approved = sign.Detail };
                break;
            case MachineSignKind.Panic:
                Repair(at, machine,
                    new GuestTrouble(HostIncidentKind.GuestPanic, "panic", Say("the guest panicked", sign)));
                break;
            case MachineSignKind.Watchdog:
                BeBitten(at, machine, new GuestTrouble(
                    HostIncidentKind.GuestWatchdog, "watchdog", Say("the guest's watchdog fired", sign)));
                break;
            case MachineSignKind.GuestShutdown when machine.Step == MachineStep.Stopping:
                Move(at, machine, MachineEvent.EndDue, "the guest has shut down");
                break;
            case MachineSignKind.GuestShutdown:
                Repair(
                    at, machine,
                    new GuestTrouble(
                        HostIncidentKind.GuestShutdown, "guestShutdown", Say("the guest shut down by itself", sign)),
                    isReset: sign.Detail == "guest-reset");
                break;
            case MachineSignKind.IoError:
            case MachineSignKind.NoSpace:
            case MachineSignKind.DiskHandleDead:
                BeHeldByDisk(at, machine, sign);
                break;
            case MachineSignKind.Exited:
                Gone(at, machine, Say("its process ended", sign));
                break;
        }
    }

    private void BecomeReady(Moment at, MachineRecord machine)
    {
        machine.Withheld = null;
        if (!machine.Signs.Ready)
        {
            machine.ReadyAt ??= at.Wall;
            machine.StartFailures = 0;
            _dirty = true;
            NoteReady(at, machine);
        }

        machine.Signs = machine.Signs with
        {
            LastBeat = at.Now, Ready = true, NotReadySince = null, RoleGivenUp = null,
        };
    }

    private void BecomeUnready(Moment at, MachineRecord machine)
    {
        _dirty |= machine.Signs.Ready;
        (machine.RoleReadySince, machine.RoleReadyAt) = (null, null);
        machine.Signs = machine.Signs with
        {
            LastBeat = at.Now, Ready = false, NotReadySince = machine.Signs.NotReadySince ?? at.Now, RoleGivenUp = null,
        };
    }

    private static string Say(string what, MachineSign sign) =>
        sign.Detail.Length == 0 ? what : $"{what}: {sign.Detail}";
}
