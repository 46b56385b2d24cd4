using Havm.Model;

namespace Havm.Core.Host.Goals;

/// <summary>Which goal is in force, and what of it is durable.</summary>
public sealed partial class HostMachine
{
    private HostLedger _kept;
    private LeaderSeen _highest;
    private Goal? _goal;
    private bool _goalIsLive;
    private bool _keeping;
    private bool _keepDue;
    private Instant _keepNotBefore;
    private bool _tellingFloors;
    private Instant _tellNotBefore;
    private (Epoch Epoch, long Revision)? _floorsTold;

    /// <summary>The highest leader obeyed, as far as it is on disk.</summary>
    public LeaderSeen Highest => _kept.Highest;

    /// <summary>
    /// The goal that a controller has given this life; null: none yet. One that is only remembered must be repeated,
    /// or nothing that it lacks could be ended.
    /// </summary>
    public GoalVersion? Holds => _goalIsLive ? _goal?.Version : null;

    /// <summary>
    /// Automation is disarmed by the goal in force, also by one that is only remembered: nothing is started, stopped or
    /// repaired.
    /// </summary>
    private bool Held => _goal?.Automation is { Holds: true };

    /// <summary>The goal in force is on disk here, and its floors at the warden.</summary>
    private bool GoalIsDurable =>
        _goal is { } goal && IsSame(_kept.Goal, goal) && _floorsTold == (goal.Epoch, goal.Revision);

    private static bool IsSame(Goal? one, Goal other) => one?.Epoch == other.Epoch && one.Revision == other.Revision;

    private void Hear(Moment at, HostInput.ControllerSpoke spoke)
    {
        var refusal = LeaderRule.Refusal(_settings.Cluster, _highest, spoke.Cluster, spoke.Controller, spoke.Epoch);
        if (refusal is not null || spoke.Refused is not null)
        {
            Tell(refusal ?? new Reason(
                "leader", "refused", $"controller {spoke.Controller} refuses this node: {spoke.Refused}"));
            return;
        }

        AcknowledgeReport(spoke.ReportVersion);
        if (spoke.Epoch > _highest.Epoch || _highest.Controller.Length == 0)
        {
            _highest = new LeaderSeen(spoke.Cluster, spoke.Controller, spoke.Epoch, 0);
            _keepDue = true;
        }

        if (spoke.Goal is { } goal)
        {
            TakeGoal(at, goal);
        }
    }

    /// <summary>
    /// Goals only go forward. The goal in force already is live once a controller repeats it, so that after a restart
    /// what it no longer has may be ended.
    /// </summary>
    private void TakeGoal(Moment at, Goal goal)
    {
        if (goal.Seats.IsDefault || goal.Floors.IsDefault || goal.Seats.Any(seat => seat?.Machine is null))
        {
            Tell(new Reason("goal", "malformed",
                $"goal {goal.Epoch}/{goal.Revision} lacks seats, floors or a machine and is ignored"));
            return;
        }

        if (_goal is { } current)
        {
            var order = (goal.Epoch, goal.Revision).CompareTo((current.Epoch, current.Revision));
            if (order < 0)
            {
                Tell(new Reason("goal", "older",
                    $"goal {goal.Epoch}/{goal.Revision} is older than {current.Epoch}/{current.Revision} "
                        + "and is ignored"));
                return;
            }

            _goalIsLive = true;
            if (order == 0)
            {
                ShortenMarks(at.Now, goal);
                TakeNotices(at.Now, goal);
                return;
            }
        }

        _goalIsLive = true;
        _goal = goal;
        _goalTakenAt = goal.Seats.Any(seat => seat is { Busy: not null } or { Notice: not null }) ? at.Wall : null;
        TakeMarks(at.Now, goal);
        TakeNotices(at.Now, goal);
        _highest = _highest with { GoalRevision = goal.Revision };
        _keepDue = true;
        _dirty = true;
        IndexGoal();
        Tell(new Reason("goal", "taken",
            $"goal {goal.Epoch}/{goal.Revision}: {goal.Seats.Length} seats, {goal.Floors.Length} floors"));
    }

    /// <summary>Floors never fall: one that a goal leaves out stays in force for this life.</summary>
    private void IndexGoal()
    {
        if (_goal is not { } goal)
        {
            return;
        }

        _goalSeats = [];
        foreach (var seat in goal.Seats)
        {
            _goalSeats[seat.Machine.Instance] = seat;
        }

        foreach (var floor in goal.Floors)
        {
            if (!_goalFloors.TryGetValue(floor.Instance, out var before) || floor.Generation > before)
            {
                _goalFloors[floor.Instance] = floor.Generation;
            }
        }
    }

    private void KeepIfDue(Instant now)
    {
        if (_keepDue && !_keeping && now >= _keepNotBefore)
        {
            _keepDue = false;
            _keeping = true;
            _effects.Add(new HostEffect.Keep(new HostLedger(_highest, _goal) { GoalTakenAt = _goalTakenAt }));
        }

        if (_goal is { } goal && _floorsTold != (goal.Epoch, goal.Revision) && !_tellingFloors && now >= _tellNotBefore)
        {
            _tellingFloors = true;
            _effects.Add(new HostEffect.TellFloors(goal));
        }
    }

    private void LedgerIsKept(HostLedger ledger)
    {
        _keeping = false;
        _kept = ledger;
        _dirty = true;
    }

    private void LedgerIsNotKept(Instant now, string why)
    {
        _keeping = false;
        _keepDue = true;
        _keepNotBefore = now + _settings.Retry;
        Tell(new Reason("goal", "notDurable", $"the goal cannot be written and is not acknowledged: {why}"));
    }

    private void FloorsAreTold(HostInput.FloorsTold told)
    {
        _tellingFloors = false;
        _floorsTold = (told.Epoch, told.Revision);
        _dirty = true;
    }

    private void FloorsAreNotTold(Instant now, string why)
    {
        _tellingFloors = false;
        _tellNotBefore = now + _settings.Retry;
        Tell(new Reason(
            "goal", "floorsNotTold", $"the warden has not taken the floors, the goal is not acknowledged: {why}"));
    }

    /// <summary>While many are due at once, as after a boot, only some start: by priority, then by name.</summary>
    private IEnumerable<MachineRecord> InOrder() =>
        _machines.Values.OrderBy(machine => _goalSeats.GetValueOrDefault(machine.Instance)?.Priority ?? 0);
}
