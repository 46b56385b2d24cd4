using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Host.SelfFence;

/// <summary>
/// The node's own end of the lease. It counts the lease from sending the last beat that was answered, on a clock that
/// runs through suspend, and sees to it that what the lease binds does not outlive it: paused or asked to shut down at
/// P, killed at K, and if even that fails the watchdog is left hungry and resets the node. It needs no agent for that,
/// no disk and no network.
/// <para>Facts and time go in, effects come out; the loop around it only carries them out.</para>
/// </summary>
public sealed partial class WardenMachine
{
    /// <summary>Beats whose answers still count; older ones could only prove a lease that is past P anyway.</summary>
    private const int BeatsRemembered = 128;

    private readonly WardenSettings _settings;
    private readonly SeatList _seats = new();
    private readonly Dictionary<InstanceName, Generation> _floors = [];
    private readonly Instant[] _sentAt = new Instant[BeatsRemembered];
    private readonly List<WardenEffect> _effects = [];

    private LeaderSeen _highest;
    private LeaderSeen _highestKept;
    private Instant? _leaseFrom;
    private Instant _nextBeat;
    private Instant? _agentHeard;
    private long _sequence;
    private bool _floorsTold;
    private GoalVersion? _holds;
    private Epoch? _leasedIn;
    private ImmutableArray<RunningSeat> _running = [];

    /// <param name="settings">Who this is.</param>
    /// <param name="kept">The ledger as the life before left it.</param>
    /// <param name="leaseFrom">
    /// From when the lease counts by the note of the life before, on this boot; null: none.
    /// </param>
    /// <param name="found">Seats that the ledger does not know but the node holds, by their seat files.</param>
    public WardenMachine(
        WardenSettings settings, WardenLedger kept, Instant? leaseFrom, ImmutableArray<SeatRecord> found)
    {
        _settings = settings;
        _highest = kept.Highest;
        _highestKept = kept.Highest;
        _leaseFrom = leaseFrom;
        _departure = kept.Departure;
        RememberLongLease(kept);
        _automation = kept.Automation;
        _rearmedAt = kept.RearmedAt;
        foreach (var floor in kept.Floors)
        {
            _floors[floor.Instance] = floor.Generation;
        }

        foreach (var seat in kept.Seats.Concat(found))
        {
            _seats.TryAdd(seat.Instance, new WardenSeat(seat));
        }
    }

    /// <summary>True while something that the lease binds may be alive: the watchdog must stay armed.</summary>
    public bool HoldsBound => _seats.Values.Any(seat => seat.Alive && _settings.Terms.K(seat.Isolation) is not null);

    /// <summary>Whether it has a seat on record: what its cgroup holds needs no seat file.</summary>
    public bool Knows(InstanceName instance) => _seats.ContainsKey(instance);

    /// <summary>Takes one fact at <paramref name="now"/> and returns what is to be done, in order.</summary>
    public IReadOnlyList<WardenEffect> Step(Instant now, WardenInput input)
    {
        _effects.Clear();
        Take(now, input);
        var ended = false;
        foreach (var seat in _seats.Values)
        {
            HoldToLease(now, seat);
            Drive(now, seat);
            ended |= seat.Phase == SeatPhase.Ended;
        }

        if (ended)
        {
            ForgetWithdrawn();
        }

        ForgetStaleDeparture(now);
        GiveUpUnheardDeparture(now);
        if (now >= _nextBeat)
        {
            Beat(now);
        }

        KeepIfChanged();
        return _effects.Count == 0 ? [] : _effects.ToArray();
    }

    private void Take(Instant now, WardenInput input)
    {
        switch (input)
        {
            case WardenInput.Tick:
                break;
            case WardenInput.CgroupsRead read:
                SeeCgroups(read.Populated, read.Found.IsDefault ? [] : read.Found);
                break;
            case WardenInput.ControllerSpoke spoke:
                Hear(now, spoke);
                break;
            case WardenInput.LedgerKept kept:
                LedgerIsKept(now, kept.Version);
                break;
            case WardenInput.LedgerNotKept failed:
                LedgerIsNotKept(now, failed.Why);
                break;
            case WardenInput.SwitchDone done:
                SwitchIsDone(now, done);
                break;
            case WardenInput.KillDone done:
                KillIsDone(now, done);
                break;
            case WardenInput.Asked asked:
                Answer(now, asked);
                break;
            default:
                throw new InvalidOperationException($"no such input: {input}");
        }
    }

    /// <summary>Below zero while a long lease runs.</summary>
    private TimeSpan? LeaseAge(Instant now) => LeaseCountsFrom is { } from ? now - from : null;

    /// <summary>Fresh means younger than P; without a lease nothing is.</summary>
    public bool IsLeaseFresh(Instant now) => LeaseAge(now) < _settings.Terms.P;

    private void Hear(Instant now, WardenInput.ControllerSpoke spoke)
    {
        var refusal = LeaderRule.Refusal(_settings.Cluster, _highest, spoke.Cluster, spoke.Controller, spoke.Epoch);
        if (refusal is not null || spoke.Refused is not null)
        {
            Tell(refusal ?? new Reason(
                "leader", "refused", $"controller {spoke.Controller} refuses this node: {spoke.Refused}"));
            return;
        }

        if (spoke.Epoch > _highest.Epoch || _highest.Controller.Length == 0)
        {
            _highest = new LeaderSeen(spoke.Cluster, spoke.Controller, spoke.Epoch, 0);
            Tell(new Reason("leader", "newEpoch", $"obeying controller {spoke.Controller} at epoch {spoke.Epoch}"));
            Changed();
        }

        _highest = spoke.Event > _highest.Event ? _highest with { Event = spoke.Event } : _highest;
        if (spoke.Goal is { Floors.IsDefault: false } goal)
        {
            RaiseFloors(goal.Floors);
            TakeAutomation(now, goal.Automation);
            _floorsTold = true;
            if (goal.Epoch == spoke.Epoch && goal.Revision >= _highest.GoalRevision)
            {
                _holds = goal.Version;
            }

            if (goal.Epoch == spoke.Epoch && goal.Revision > _highest.GoalRevision)
            {
                _highest = _highest with { GoalRevision = goal.Revision };
                Changed();
            }
        }

        var sent = SentAt(spoke);
        HearLongLease(spoke, sent);
        DepartureIsAnswered(now, spoke);
        if (sent is { } from)
        {
            Renew(now, spoke, from);
        }
    }

    /// <summary>When the beat left that this answer renews the lease for; null: it renews nothing.</summary>
    private Instant? SentAt(WardenInput.ControllerSpoke spoke) =>
        spoke.Lease && spoke.Answers > Math.Max(0, _sequence - BeatsRemembered) && spoke.Answers <= _sequence
            ? _sentAt[spoke.Answers % BeatsRemembered]
            : null;

    private void Renew(Instant now, WardenInput.ControllerSpoke spoke, Instant from)
    {
        if (_leaseFrom is { } before && from <= before)
        {
            return;
        }

        if (!IsLeaseFresh(now) && now - from < _settings.Terms.P)
        {
            Tell(new Reason("lease", "fresh",
                $"the lease is fresh, granted by controller {spoke.Controller} at epoch {spoke.Epoch}"));
        }

        (_leaseFrom, _leasedIn) = (from, spoke.Epoch);
        _effects.Add(new WardenEffect.NoteLease(from));
    }

    private void Beat(Instant now)
    {
        _nextBeat = now + _settings.Terms.Heartbeat;
        _sequence++;
        _sentAt[_sequence % BeatsRemembered] = now;
        var agentAnswers = _agentHeard is { } heard && now - heard < _settings.AgentSilence;
        _effects.Add(new WardenEffect.SendBeat(
            _sequence, _highestKept with { Event = _highest.Event }, _holds, agentAnswers, Running(),
            _departure?.Notice, _longLeaseKept));
        if (_seats.Values.Any(seat => IsOverdue(now, seat)))
        {
            Tell(new Reason("lease", "hungryWatchdog", "something outlives its lease: the watchdog is not fed"));
        }
        else
        {
            _effects.Add(WardenEffect.FeedWatchdog.Now);
        }

        if (_ledgerFailed)
        {
            _ledgerFailed = false;
            Changed();
        }
    }

    /// <summary>What runs; the same list as long as that is the same.</summary>
    private ImmutableArray<RunningSeat> Running()
    {
        var count = 0;
        var same = true;
        foreach (var seat in _seats.Values)
        {
            if (seat.Alive)
            {
                same = same && count < _running.Length
                    && _running[count].Instance == seat.Instance && _running[count].Generation == seat.Generation;
                count++;
            }
        }

        return same && count == _running.Length
            ? _running
            : _running = [.. _seats.Values.Where(seat => seat.Alive)
                .Select(seat => new RunningSeat(seat.Instance, seat.Generation))];
    }

    private void Tell(Reason reason) => _effects.Add(new WardenEffect.Tell(reason));
}
