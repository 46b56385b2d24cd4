using System.Collections.Immutable;
using Havm.Core;
using Havm.Core.Leases;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>A QEMU process that really is there.</summary>
/// <param name="ByHand">Somebody moved or started it by hand, and took its disks' locks.</param>
internal sealed record SmallProcess(Generation Generation, IsolationPolicy Policy, bool ByHand = false);

/// <summary>
/// A node as small as stories allow, and the ground truth about what runs: it obeys the host's rules (floors, lease,
/// start only under a fresh lease, kill at K, watchdog) and nothing else.
/// </summary>
internal sealed partial class SmallHost(string name, bool bmc, WatchdogKind watchdog)
{
    private readonly SortedDictionary<InstanceName, Generation> _floors = [];
    private readonly HashSet<(InstanceName, Generation)> _stopped = [];
    private Goal? _goal;
    private Instant? _hungSince;
    private long _version = 1;
    private NodeReport? _lastReport;
    private LeaderSeen _highest = LeaderSeen.None;
    private GoalVersion? _wardenHolds;
    private GoalVersion? _agentHolds;
    private Instant? _rearmedAt;

    public NodeName Name { get; } = new(name);

    public bool HasBmc => bmc;

    public WatchdogKind Watchdog => watchdog;

    public BootId Boot { get; private set; } = new($"{name}-boot-1");

    public int Boots { get; private set; } = 1;

    public bool Powered { get; private set; } = true;

    /// <summary>No message leaves or arrives.</summary>
    public bool Cut { get; set; }

    public bool AgentDown { get; set; }

    public bool Armed { get; set; } = watchdog != WatchdogKind.None;

    public BmcMood Bmc { get; set; } = BmcMood.Honest;

    /// <summary>It is off because a power-off order came through; false once it was powered on again.</summary>
    public bool OffByOrder { get; set; }

    /// <summary>The last power-off order its BMC took while it was on, also one that nothing came of.</summary>
    public (BootId Boot, Instant At)? OffOrderTaken { get; set; }

    /// <summary>It runs or ran by a power-on order, and its BMC has not said On since.</summary>
    public bool CameOnUntold { get; set; }

    /// <summary>Its BMC does what it is told, and its answers to orders do not arrive.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>Power-on orders do nothing to it.</summary>
    public bool NeverBoots { get; set; }

    public bool? Departing { get; set; }

    public bool InventoryIncomplete { get; set; }

    /// <summary>Ends of withdrawn processes wait while this is set; they are reported as they are.</summary>
    public bool KillsSlowly { get; set; }

    public long Connection { get; set; }

    public int AgentLives { get; private set; } = 1;

    public SortedDictionary<InstanceName, SmallProcess> Running { get; } = [];

    public HashSet<(InstanceName, Generation)> GivenUp { get; } = [];

    /// <summary>What its instances are measured to use.</summary>
    public SortedDictionary<InstanceName, MachineUse> Uses { get; } = [];

    public Instant? LeaseFrom { get; private set; }

    /// <summary>How others' datastore heartbeats look from here, as a story sets it.</summary>
    public SortedDictionary<NodeName, (SmallHost Subject, TimeSpan Unchanged, bool Healthy)> Sightings { get; } = [];

    /// <summary>When its own datastore heartbeat was last written; cables have nothing to do with it.</summary>
    public Instant WroteAt { get; private set; }

    /// <summary>The newest moment that was lived.</summary>
    public Instant Now { get; private set; }

    /// <summary>The long lease it holds or held, with its end on this host's clock.</summary>
    public (LongLeaseName Name, Instant Until)? LongLease { get; private set; }

    /// <summary>On disk, so it outlives a boot.</summary>
    public LongLeaseName LongLeaseEnded { get; private set; }

    /// <summary>Whether somebody elsewhere holds the locks of its disks.</summary>
    public Func<InstanceName, bool> Locked { get; set; } = _ => false;

    /// <summary>The newest word on automation; on disk, so it outlives a boot.</summary>
    public Automation? Automation { get; private set; }

    public ImmutableArray<HostIncident> Incidents { get; set; } = [];

    public bool Hung => _hungSince is not null;

    public bool Speaks => Powered && !Cut && !Hung;

    public WardenBeatHeard WardenBeat() => new(Name, Boot, new ProcessLife("warden-1"), Connection)
    {
        Highest = _highest,
        Holds = _wardenHolds,
        WatchdogArmed = Armed,
        Uptime = Now.SinceOrigin - ClockStood,
        AgentAnswers = !AgentDown,
        Running = Seen(),
        DepartureReboots = Departing,
        LongLease = new LongLeaseSeen(LongLease?.Name ?? LongLeaseName.None, LongLeaseEnded),
        Reach = Reach,
        Address = Address,
    };

    public AgentBeatHeard AgentBeat() =>
        new(Name, Boot, new ProcessLife($"agent-{AgentLives}"), Connection)
        {
            Highest = _highest,
            Holds = _agentHolds,
            Report = Told(),
            Uptime = Now.SinceOrigin - ClockStood,
            LookAge = LookAge,
            Sightings = [.. Sightings.Values.Select(s => Sees(s.Subject, Now - s.Unchanged, s.Healthy))],
        };

    public NodeReport Report()
    {
        var report = new NodeReport
        {
            Version = _version,
            GoalEpoch = _goal?.Epoch ?? Epoch.None,
            GoalRevision = _goal?.Revision ?? 0,
            Automation = _goal?.Automation,
            InventoryComplete = !InventoryIncomplete,
            Floors = [.. _floors.Select(f => new GenerationFloor(f.Key, f.Value))],
            Instances = [.. Instances().Select(Noticed)],
            Ailments = Ailments,
            FreeLocks = FreeLocks(),
            Wear = Wear,
            Diagnosis = Diagnosed(),
            Incidents = Incidents,
        };
        _version++;
        return _lastReport = report;
    }

    public NodeReport? LastReport => _lastReport;

    /// <summary>An answer arrives. <paramref name="sent"/> is when the beat it answers left.</summary>
    public void Hear(BeatAnswer answer, Office leader, Instant sent, Instant now)
    {
        if (!Speaks || answer.Refused is not null || leader.Epoch < _highest.Epoch)
        {
            return;
        }

        if (leader.Epoch > _highest.Epoch)
        {
            _highest = new LeaderSeen("story", leader.Controller, leader.Epoch, 0);
        }

        if (answer.LongLease is { } word)
        {
            HearLongLease(word, leader.Epoch, sent);
        }

        if (answer.Lease && (LeaseFrom is not { } from || sent > from))
        {
            LeaseFrom = sent;
        }

        if (answer.Goal is { } goal)
        {
            RaiseFloors(goal);
            TakeAutomation(goal, now);
            _wardenHolds = answer.Lease ? goal.Version : _wardenHolds;
            if (!AgentDown && !answer.Lease
                && (_goal is null || (goal.Epoch, goal.Revision).CompareTo((_goal.Epoch, _goal.Revision)) >= 0))
            {
                _goal = goal;
                _agentHolds = goal.Version;
                _highest = _highest with { GoalRevision = goal.Revision };
            }
        }

        Live(now);
    }

    /// <summary>Time passes on the node: the warden's deadlines, then the agent's goal.</summary>
    public void Live(Instant now)
    {
        Now = now;
        if (_hungSince is { } since && Armed && now - since >= LeaseTerms.Default.Watchdog)
        {
            PowerOff();
        }

        if (!Powered || Hung)
        {
            return;
        }

        WroteAt = now - WroteAt >= LeaseTerms.Default.Heartbeat && !Refused ? now : WroteAt;
        foreach (var (instance, process) in Running.ToList())
        {
            if (LeaseTerms.Default.K(process.Policy) is { } limit && Age(now) >= limit
                && Automation is not { Holds: true } && !(now - _rearmedAt < limit))
            {
                Running.Remove(instance);
            }
        }

        if (_goal is { } goal && !AgentDown)
        {
            Converge(goal, now);
        }
    }

    public void PowerOff()
    {
        Powered = false;
        _hungSince = null;
        LeaseFrom = null;
        LongLease = null;
        _rearmedAt = null;
        Running.Clear();
    }

    /// <summary>A new boot: no process, no lease; what is on disk (goal and floors) stays.</summary>
    public void PowerOn()
    {
        PowerOff();
        OffByOrder = CameOnUntold = false;
        Boots++;
        Boot = new BootId($"{Name}-boot-{Boots}");
        Powered = true;
        Departing = null;
        _version = 1;
        _wardenHolds = null;
        RestartAgent();
        GivenUp.Clear();
        _stopped.Clear();
    }

    /// <summary>A new life of the agent: what it remembers of its goal has to be told anew.</summary>
    public void RestartAgent()
    {
        AgentLives++;
        _agentHolds = null;
    }

    /// <summary>Nothing of the node is scheduled any more; guests run on until the watchdog bites.</summary>
    public void Hang(Instant now) => _hungSince ??= now;

    /// <summary>The warden's: floors count at the gate also while the agent is gone.</summary>
    private void RaiseFloors(Goal goal)
    {
        foreach (var floor in goal.Floors)
        {
            if (!_floors.TryGetValue(floor.Instance, out var before) || before < floor.Generation)
            {
                _floors[floor.Instance] = floor.Generation;
            }
        }
    }

    private void TakeAutomation(Goal goal, Instant now)
    {
        if (goal.Automation is { } word && (Automation is null || !Automation.IsFrom(word)))
        {
            _rearmedAt = Automation is { Holds: true } && !word.Holds ? now : _rearmedAt;
            Automation = word;
        }
    }

    private void HearLongLease(LongLeaseWord word, Epoch epoch, Instant sent)
    {
        if (word.Remaining is not { } remaining)
        {
            LongLeaseEnded = word.Name > LongLeaseEnded ? word.Name : LongLeaseEnded;
            LongLease = LongLease is { } held && held.Name <= word.Name ? null : LongLease;
        }
        else if (word.Name.Epoch == epoch && word.Name > LongLeaseEnded
            && word.Name > (LongLease?.Name ?? LongLeaseName.None))
        {
            LongLease = (word.Name, sent + remaining);
        }
    }

    private TimeSpan Age(Instant now) => (LeaseFrom, LongLease) switch
    {
        ({ } from, { } held) => now - Instant.Max(from, held.Until),
        ({ } from, null) => now - from,
        (null, { } held) => now - held.Until,
        _ => TimeSpan.MaxValue,
    };

    private void Converge(Goal goal, Instant now)
    {
        var seats = goal.Seats.ToDictionary(s => s.Machine.Instance);
        var held = goal.Automation is { Holds: true };
        foreach (var (instance, process) in Running.ToList())
        {
            var kept = seats.TryGetValue(instance, out var seat) && seat.Generation == process.Generation
                && seat.Wanted is WantedState.Running or WantedState.Unmanaged;
            var withdrawn = _floors.TryGetValue(instance, out var raised) && process.Generation <= raised;
            if (kept && WentAhead(seat!))
            {
                Running.Remove(instance);
            }
            else if (!kept && seat is not null && process.Generation == Generation.None)
            {
                // It named no generation, and this node has the seat for it.
                Running[instance] = process with { Generation = seat.Generation, Policy = seat.Machine.Isolation };
            }
            else if (!kept && !KillsSlowly && (withdrawn || (!held && seat is not null)))
            {
                Running.Remove(instance);
                _stopped.Add((instance, process.Generation));
            }
            else if (kept)
            {
                Running[instance] = process with { Policy = seat!.Machine.Isolation };
            }
        }

        foreach (var seat in goal.Seats.Where(_ => !held))
        {
            var instance = seat.Machine.Instance;
            var allowed = !_floors.TryGetValue(instance, out var floor) || seat.Generation > floor;
            if (seat.Wanted == WantedState.Stopped)
            {
                _stopped.Add((instance, seat.Generation));
            }
            else if (seat.Wanted == WantedState.Running && allowed && Age(now) < LeaseTerms.Default.P
                && !Running.ContainsKey(instance) && !Locked(instance) && !WentAhead(seat)
                && !GivenUp.Contains((instance, seat.Generation)) && !Fails(instance))
            {
                Running[instance] = new SmallProcess(seat.Generation, seat.Machine.Isolation);
            }
        }
    }

    private IEnumerable<InstanceReport> Instances()
    {
        foreach (var (instance, process) in Running)
        {
            yield return new InstanceReport
            {
                Instance = instance, Generation = process.Generation, Pid = 100,
                Use = Uses.TryGetValue(instance, out var use) ? use : null,
                RestartOrder = _goal?.Seats.FirstOrDefault(s => s.Machine.Instance == instance)?.RestartOrder ?? 0,
                Phase = PhaseOfAll, StorageLost = StorageLost, HeldByPath = HeldByPath, HurtAt = HurtAt,
            };
        }

        foreach (var seat in (_goal?.Seats ?? []).Where(s => !Running.ContainsKey(s.Machine.Instance)))
        {
            var key = (seat.Machine.Instance, seat.Generation);
            var fails = Fails(seat.Machine.Instance) && seat.Wanted == WantedState.Running;
            yield return new InstanceReport
            {
                Instance = seat.Machine.Instance,
                Generation = seat.Generation,
                DiskLocked = DisksLocked.Contains(seat.Machine.Instance),
                StartFailures = fails ? seat.Machine.Repair.StartRetries + 1 : 0,
                Phase = fails || GivenUp.Contains(key) ? MachinePhase.GaveUp
                    : seat.Wanted == WantedState.Stopped && _stopped.Contains(key)
                        ? MachinePhase.Stopped
                        : MachinePhase.Starting,
                Reason = !fails && !GivenUp.Contains(key) ? null
                    : new Reason("host", "startFailed", "the image could not be read"),
            };
        }
    }
}
