using System.Collections.Immutable;
using Havm.Core.Host.Watch;
using Havm.Model;

namespace Havm.Core.Host.Goals;

/// <summary>
/// The agent's brain: takes the goal, what is on the node and what guests tell, and says what to do next for each
/// machine. It acknowledges a goal only when goal and floors are on disk here and at the warden; it reports a machine
/// as gone only when the warden verified that.
/// </summary>
public sealed partial class HostMachine
{
    private readonly HostSettings _settings;
    private readonly SortedDictionary<InstanceName, MachineRecord> _machines = [];
    private readonly List<HostEffect> _effects = [];
    private Dictionary<InstanceName, SeatGoal> _goalSeats = [];
    private Dictionary<InstanceName, Generation> _goalFloors = [];
    private ImmutableArray<WardenView> _wardenSeats = [];

    private bool _inventoryComplete;
    private bool _sawWholeNode;
    private Instant? _firstInventory;
    private bool _wardenHeard;

    /// <param name="settings">Who this is.</param>
    /// <param name="kept">The ledger as the life before left it.</param>
    public HostMachine(HostSettings settings, HostLedger kept)
    {
        _settings = settings;
        _kept = kept;
        _highest = kept.Highest;
        _goal = kept.Goal;
        _recalled = kept;
        _goalTakenAt = kept.GoalTakenAt;
        IndexGoal();
    }

    /// <summary>Takes one fact and returns what is to be done, in order.</summary>
    public IReadOnlyList<HostEffect> Step(Moment at, HostInput input)
    {
        _effects.Clear();
        AgeLook(at.Now);
        RecallMarks(at);
        Take(at, input);
        SeatRecords(at);
        var starting = _machines.Values.Count(IsOnItsWay);
        foreach (var machine in InOrder())
        {
            NoteBusy(at.Now, machine);
            TakeWords(at, machine);
            Watch(at, machine);
            if (GoalDiff.Decide(View(at.Now, machine, starting), machine, at.Now) is { } next)
            {
                starting += next.Due == MachineEvent.StartDue ? 1 : 0;
                Move(at, machine, next.Due, next.Why);
            }

            Drive(at, machine);
        }

        ForgetGone();
        NoteAilments(at);
        DiagnoseIfAsked();
        MeasureIfDue(at.Now);
        ProbeLocksIfDue(at.Now);
        ProbeRoomIfDue(at.Now);
        KeepIfDue(at.Now);
        Settle(at.Now);
        return _effects.Count == 0 ? [] : _effects.ToArray();
    }

    private void Take(Moment at, HostInput input)
    {
        switch (input)
        {
            case HostInput.Tick:
                break;
            case HostInput.ControllerSpoke spoke:
                Hear(at, spoke);
                break;
            case HostInput.LedgerKept kept:
                LedgerIsKept(kept.Ledger);
                break;
            case HostInput.LedgerNotKept failed:
                LedgerIsNotKept(at.Now, failed.Why);
                break;
            case HostInput.FloorsTold told:
                FloorsAreTold(told);
                break;
            case HostInput.FloorsNotTold failed:
                FloorsAreNotTold(at.Now, failed.Why);
                break;
            case HostInput.WardenHeard heard:
                HearWarden(at, heard);
                break;
            case HostInput.WardenSilent silent:
                WardenIsSilent(at.Now, silent.Why);
                break;
            case HostInput.InventoryTaken inventory:
                SeeNode(at, inventory);
                break;
            case HostInput.HeartbeatAsked asked:
                if (_asked.Ask(at.Now, asked.Node, asked.Closely) is { } until)
                {
                    _effects.Add(new HostEffect.LookClosely(until));
                }

                break;
            case HostInput.SightingsRead read when _asked.Of(read.Sightings, at.Now) is { IsEmpty: false } seen:
                _effects.Add(new HostEffect.TellSightings(seen));
                break;
            case HostInput.SightingsRead:
                break;
            case HostInput.NodeLooked looked:
                _ailments.Look(at.Now, looked.Look);
                break;
            case HostInput.UsesRead read:
                TakeUses(read);
                break;
            case HostInput.LocksProbed probed:
                TakeLocks(at, probed);
                break;
            case HostInput.SensorsRead read:
                _dirty |= _wear.Look(at.Now, read.Readings);
                break;
            case HostInput.DiagnosisDone done:
                TakeDiagnosis(done.Report);
                break;
            default:
                TakeAnswer(at, input);
                break;
        }
    }

    private GoalView View(Instant now, MachineRecord machine, int starting) => new(
        _goalSeats.GetValueOrDefault(machine.Instance),
        _goalFloors.TryGetValue(machine.Instance, out var floor) ? floor : null,
        GoalIsDurable && _sawWholeNode && _wardenHeard && starting < _settings.StartLimit && !Waits(machine)
            && !AwaitsPlan(machine, now),
        !Held);

    private static bool IsOnItsWay(MachineRecord machine) =>
        machine.Step is MachineStep.Starting or MachineStep.Held or MachineStep.Releasing;

    private bool IsWanted(MachineRecord machine) =>
        _goalSeats.GetValueOrDefault(machine.Instance) is { Wanted: WantedState.Running } seat
        && seat.Generation == machine.Generation;

    /// <summary>
    /// A machine that names no generation was started by hand, and this node has the seat for it: it is that seat's.
    /// </summary>
    private MachineRecord Named(Moment at, MachineRecord machine, FoundProcess found, SeatGoal seat)
    {
        _dirty = true;
        Tell(new Reason("host", "named",
            $"{machine.Instance}: pid {machine.Pid}, started by hand, is generation {seat.Generation} from now on"));
        return _machines[machine.Instance] = new MachineRecord(machine.Instance, seat.Generation)
        {
            Step = machine.Step,
            Since = machine.Since,
            Pid = machine.Pid,
            UnreachableSince = at.Now,
            RestartOrder = seat.RestartOrder,
            Found = found with { Generation = seat.Generation, Seat = seat },
        };
    }

    private bool IsUnmanaged(MachineRecord machine) =>
        _goalSeats.GetValueOrDefault(machine.Instance) is { Wanted: WantedState.Unmanaged } seat
        && seat.Generation == machine.Generation;

    /// <summary>Every seat has a record at its generation, made only where no other generation may be alive.</summary>
    private void SeatRecords(Moment at)
    {
        if (!_sawWholeNode || !_wardenHeard)
        {
            return;
        }

        foreach (var seat in _goalSeats.Values)
        {
            var instance = seat.Machine.Instance;
            if (_machines.TryGetValue(instance, out var machine) && machine.Generation == Generation.None
                && machine is { Found: { } found, Step: MachineStep.Unreachable, Busy: false })
            {
                machine = Named(at, machine, found, seat);
            }

            if (machine is not null
                && (machine.MayHaveProcess || machine.Generation == seat.Generation))
            {
                continue;
            }

            if (machine is not null)
            {
                CloseIncident(machine);
            }

            machine = new MachineRecord(instance, seat.Generation)
            {
                Since = at.Now, ProvenGone = machine?.ProvenGone ?? Instant.Origin,
            };
            _machines[instance] = machine;
            _dirty = true;
            NoticeEndWhileAway(at, machine, seat);
        }
    }

    private void SeeNode(Moment at, HostInput.InventoryTaken inventory)
    {
        LookedAgain();
        _dirty |= _inventoryComplete != inventory.Complete;
        _inventoryComplete = inventory.Complete;
        _sawWholeNode |= inventory.Complete;
        _firstInventory ??= at.Now;
        var found = new HashSet<InstanceName>();
        foreach (var process in inventory.Found)
        {
            found.Add(process.Instance);
            if (!_machines.TryGetValue(process.Instance, out var machine)
                || (!machine.MayHaveProcess && inventory.Began >= machine.ProvenGone
                    && machine.Generation != process.Generation))
            {
                machine = new MachineRecord(process.Instance, process.Generation) { Since = inventory.Began };
                _machines[process.Instance] = machine;
            }

            if (!machine.MayHaveProcess && inventory.Began >= machine.ProvenGone)
            {
                TakeUp(at, machine, process);
            }
            else if (machine.MayHaveProcess && machine.Generation != process.Generation
                && process.Generation != Generation.None && machine.Step != MachineStep.Starting)
            {
                MeetStray(machine, process);
            }
        }

        foreach (var machine in _machines.Values.Where(machine => inventory.Complete && machine.MayHaveProcess
            && machine.Step != MachineStep.Starting && machine.Since < inventory.Began
            && !found.Contains(machine.Instance)))
        {
            Gone(at, machine, "its process is not on the node any more");
        }
    }

    /// <summary>
    /// A second process of one instance, at another generation: nothing on this node is proven gone while it is there.
    /// </summary>
    private void MeetStray(MachineRecord machine, FoundProcess process)
    {
        _dirty |= _inventoryComplete;
        _inventoryComplete = false;
        Tell(new Reason("host", "stray", $"{machine.Instance}: pid {process.Pid} is of generation {process.Generation}"
            + $" while {machine.Generation} is here; end it by hand"));
    }

    private void TakeUp(Moment at, MachineRecord machine, FoundProcess process)
    {
        machine.Found = process;
        machine.Pid = process.Pid;
        machine.UnreachableSince = at.Now;
        machine.RestartOrder = process.Seat?.RestartOrder ?? machine.RestartOrder;
        machine.Told = GuestWord.Of(process.Seat);
        machine.Signs = machine.Signs with { Agent = process.Seat?.Machine.GuestAgent ?? GuestAgentKind.Havm };
        Move(at, machine, MachineEvent.Found, $"pid {process.Pid} was found");
        machine.NotBefore = process.MonitorAnswers ? at.Now : at.Now + _settings.SlowRetry;
    }

    /// <summary>Orders what the step asks for, unless it is under way.</summary>
    private void Drive(Moment at, MachineRecord machine)
    {
        Introduce(at.Now, machine);
        if (machine.Busy)
        {
            return;
        }

        HostEffect? effect = machine.Step switch
        {
            MachineStep.Starting => Start(machine),
            MachineStep.Releasing => new HostEffect.Release(machine.Instance, machine.Generation),
            MachineStep.Adopting => new HostEffect.Adopt(machine.Found = AsFound(machine)),
            MachineStep.Ending => at.Now >= machine.NotBefore ? End(machine) : null,
            MachineStep.Idle or MachineStep.Held or MachineStep.Up or MachineStep.Unreachable or MachineStep.Stopping
                or MachineStep.GaveUp => null,
        };
        if (effect is not null)
        {
            machine.Busy = true;
            _effects.Add(effect);
        }
    }

    private HostEffect.Start Start(MachineRecord machine)
    {
        // What is planned with it is told once it runs, with the time that is left then.
        var seat = _goalSeats[machine.Instance] with { Notice = null };
        machine.Told = GuestWord.Of(seat);
        return new HostEffect.Start(seat);
    }

    /// <summary>A seat file that cannot be read is made good by the goal, where the generation is the same.</summary>
    private FoundProcess AsFound(MachineRecord machine)
    {
        var seat = _goalSeats.GetValueOrDefault(machine.Instance);
        return machine.Found!.Seat is null && seat?.Generation == machine.Generation
            ? machine.Found with { Seat = seat with { Notice = null } } : machine.Found;
    }

    private void Move(Moment at, MachineRecord machine, MachineEvent happened, string why)
    {
        var before = machine.Step;
        var next = MachineTable.Next(before, happened);
        if (next == before)
        {
            return;
        }

        machine.StartFailures = happened == MachineEvent.TryAgainDue ? 0 : machine.StartFailures;
        machine.Step = next;
        machine.Since = at.Now;
        machine.Busy = false;
        machine.NotBefore = at.Now;
        Entered(at, machine);
        _dirty = true;
        Tell(new Reason(
            "host", "machine", $"{machine.Instance} generation {machine.Generation}: {before} -> {next}: {why}"));
    }

    private void Entered(Moment at, MachineRecord machine)
    {
        switch (machine.Step)
        {
            case MachineStep.Starting:
                machine.ExitedEarly = false;
                machine.DumpTried = false;
                machine.Log = null;
                machine.LockSeen = false;
                (machine.WentFor, machine.ReadyWord, machine.NoticeWord) = (null, null, null);
                (machine.Words, machine.Bite) = (default, null);

                // What starts now does what was ordered until now, also when it fails.
                machine.RestartOrder = _goalSeats.GetValueOrDefault(machine.Instance)?.RestartOrder
                    ?? machine.RestartOrder;
                machine.Signs = new GuestSigns
                {
                    Agent = _goalSeats.GetValueOrDefault(machine.Instance)?.Machine.GuestAgent ?? GuestAgentKind.Havm,
                };
                machine.HeldThoughReachedSince = null;
                machine.UseAsked = false;
                machine.Use = null;
                machine.StartedAt = null;
                machine.ReadyAt = null;
                break;
            case MachineStep.Stopping:
                var grace = _goalSeats.GetValueOrDefault(machine.Instance)?.Grace ?? TimeSpan.Zero;
                _effects.Add(new HostEffect.AskShutdown(machine.Instance, machine.Generation, grace));
                break;
            case MachineStep.Idle:
                machine.Pid = 0;
                machine.Found = null;
                machine.StartedAt = null;
                machine.ReadyAt = null;
                machine.UnreachableSince = null;
                machine.IoAskedAt = null;
                machine.DiskFailed = false;
                machine.HeldForDump = false;
                machine.DiskFailedAt = null;
                machine.PathFailed = false;
                machine.Withheld = null;
                break;
            case MachineStep.Held:
            case MachineStep.Releasing:
            case MachineStep.Up:
            case MachineStep.Adopting:
            case MachineStep.Unreachable:
            case MachineStep.Ending:
            case MachineStep.GaveUp:
                break;
        }
    }

    private void Tell(Reason reason) => _effects.Add(new HostEffect.Tell(reason));
}
