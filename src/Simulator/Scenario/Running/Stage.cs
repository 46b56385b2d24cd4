using System.Collections.Immutable;
using Havm.Core;
using Havm.Core.Lifecycle;
using Havm.Core.Maintenance;
using Havm.Core.Records;
using Havm.Model;
using Havm.Simulator.Scenario.Checkers;
using Havm.Simulator.Trace;
using Havm.Simulator.World;

namespace Havm.Simulator.Scenario.Running;

/// <summary>
/// Where a scenario is played: a world, the trace of what happens in it, and the checkers that watch every event.
/// </summary>
public sealed class Stage : IWitness
{
    /// <summary>The spread of a boot, and until its first words are heard.</summary>
    private static readonly TimeSpan Booted = TimeSpan.FromSeconds(3);

    private readonly Translation _words;
    private readonly ControllerTeller _teller;
    private readonly List<TraceEvent> _events = [];
    private readonly List<string> _failures = [];
    private readonly List<ToldEvent> _told = [];
    private readonly SortedDictionary<string, int> _decided = new(StringComparer.Ordinal);
    private readonly Truth _truth;
    private readonly ImmutableArray<IChecker> _checkers;
    private Cluster? _picture;

    public Stage(ScenarioFile scenario, Translation words, WorldOrigin origin, PlayOptions options)
    {
        _words = words;
        _teller = new ControllerTeller(
            words.Nodes.Back, words.Vms.Back, () => World!.Time.Now, Add);
        World = new VirtualWorld(origin, this, options.Seed, options.World)
        {
            Step = options.Step ?? Core.Controller.Step,
        };
        Orders = new Orders(World);
        _truth = new Truth(World, words, Orders, scenario);
        var liveness = options.Policy.Liveness;
        _checkers =
        [
            new NoInstanceRunsTwice(_truth), new NoStartWithoutProof(scenario, _truth), new NoStartOnALostNode(_truth),
            new HealthyLeftAlone(_truth), new ControllerOutageHarmsNothing(_truth),
            new NoFenceWithoutCause(_truth, options.World.Boot + Booted, liveness.LostAfter, liveness.CutOffAfter),
            new BudgetHolds(_truth),
            new HardRulesHold(scenario), new AdmittedIsNeverForgotten(_truth),
            new IncidentsExplained(endless: scenario.Vms.Values.Any(vm => vm.Faults is { StopAlways: true })),
            new OneLeaderAtATime(), new DisarmedStandsStill(_truth, liveness.LostAfter), new OneOfASetAtATime(_truth),
            new LongLeaseHolds(_truth), new GhostsAreLaid(), new StartsInOrder(_truth, options.World.GuestBoot),
            new NoSeatOnAnIllNode(), new EmptiedIsBounded(), new RestartsAreBounded(_truth),
            new ObservedRulesStandStill(),
        ];
    }

    /// <summary>How often each kind of change was committed, and each guard held something.</summary>
    public ImmutableSortedDictionary<string, int> Decided => _decided.ToImmutableSortedDictionary();

    public VirtualWorld World { get; }

    public Orders Orders { get; }

    public IReadOnlyList<TraceEvent> Events => _events;

    public IReadOnlyList<string> Failures => _failures;

    /// <summary>What controllers told of their decisions, with the world's time of the commit.</summary>
    public IReadOnlyList<ToldEvent> Told => _told;

    /// <summary>The newest committed picture of any leader; null before the first decision.</summary>
    public Cluster? Picture => World.Leader?.Committed ?? _picture;

    public void Fail(string what) => _failures.Add($"{World.Time.Now}: {what}");

    public void Injected(int step, string op, string subject, string name) =>
        Add(new Injected(World.Time.Now, step, op, subject, name));

    /// <summary>Where everything stands now; traced.</summary>
    public Snapshot Snap(int? step, ScenarioFile scenario)
    {
        var snapshot = new Snapshot(
            World.Time.Now, step,
            scenario.AllVms.ToImmutableSortedDictionary(vm => vm, Stand, StringComparer.Ordinal),
            scenario.Nodes.Keys.ToImmutableSortedDictionary(node => node, NodeStands, StringComparer.Ordinal));
        Add(snapshot);
        Look();
        return snapshot;
    }

    void IWitness.Power(NodeName node, bool on, string why, string cause) =>
        Add(new PowerChanged(World.Time.Now, _words.Nodes.Back(node.Value), on, why, cause));

    void IWitness.Link(NodeName node, bool up) =>
        Add(new LinkChanged(World.Time.Now, _words.Nodes.Back(node.Value), up));

    void IWitness.Machine(InstanceName instance, NodeName node, bool running, string why) => Add(new VmChanged(
        World.Time.Now, _words.Vms.Back(instance.Value), _words.Nodes.Back(node.Value), running, why));

    void IWitness.StartFailed(InstanceName instance, NodeName node) => Add(new StartFailed(
        World.Time.Now, _words.Vms.Back(instance.Value), _words.Nodes.Back(node.Value)));

    void IWitness.Leader(NodeName node) => Add(new LeaderTook(World.Time.Now, _words.Nodes.Back(node.Value)));

    void IWitness.Decided(Cluster before, Decision decision)
    {
        if (decision.Changes.OfType<Core.Changes.SeatTaken>().Any()
            && !(World.Store.Seat is { } seat && World.HasMajority(seat)))
        {
            Fail("MajorityCommits: a seat was committed without a majority");
        }

        Count(decision);
        _truth.LastCommit = decision.Changes.IsEmpty ? _truth.LastCommit : before.Office.Epoch;
        _picture = decision.After;
        _told.AddRange(decision.Events.Select(told => new ToldEvent(World.Time.Now, told)));
        _teller.Decided(before, decision);
        Look();
    }

    private void Count(Decision decision)
    {
        foreach (var kind in decision.Changes.Select(change => change.GetType().Name)
            .Concat(decision.Held.Select(held => held.Guard.Code)))
        {
            _decided[kind] = _decided.GetValueOrDefault(kind) + 1;
        }
    }

    /// <summary>The checkers look at what is really there.</summary>
    private void Look()
    {
        _truth.LookAgain();
        foreach (var checker in _checkers)
        {
            if (checker.Look(_truth) is { } wrong)
            {
                Fail($"{checker.Name}: {wrong}");
            }
        }
    }

    void IWitness.Refused(string why) => Add(new OrderRefused(World.Time.Now, why));

    private void Add(TraceEvent happened)
    {
        _events.Add(happened);
        foreach (var checker in _checkers)
        {
            if (checker.See(happened) is { } wrong)
            {
                Fail($"{checker.Name}: {wrong}");
            }
        }
    }

    private string NodeStands(string node) =>
        World.Host(_words.NodeOf(node)).Up && !World.IsIsolated(_words.NodeOf(node)) ? "up" : "down";

    /// <summary>By the truth where it runs; else by the shared state, which is all that anybody knows.</summary>
    private VmStanding Stand(string vm)
    {
        var instance = _words.InstanceOf(vm);
        var ledger = World.Store.Ledger;
        if (World.RunningHostOf(instance) is { } host)
        {
            var on = _words.Nodes.Back(host.Name.Value);
            return ledger.Instances.GetValueOrDefault(instance) is { Wanted: WantedState.Unmanaged }
                ? new VmStanding("unmanaged", on)
                : host.Faults.NeverStops(instance)
                && ledger.Instances.GetValueOrDefault(instance) is { Wanted: WantedState.Stopped }
                ? new VmStanding("stop-pending", null)
                : new VmStanding("running", on);
        }

        if (!ledger.Instances.TryGetValue(instance, out var record))
        {
            return new VmStanding("absent", null);
        }

        var cluster = World.Leader?.Committed ?? new Cluster { Ledger = ledger, Office = NoOffice };
        var held = record.Seat is { } seat && ledger.Nodes[seat.Node] is { Departure: { } departure } node
            && DepartureRule.Waits(cluster, node, departure);
        return new VmStanding(InstanceMachine.PhaseOf(cluster, record) switch
        {
            InstancePhase.Waiting => record.Awaits is null ? "waiting" : "held",
            InstancePhase.WaitingForDependency => "held",
            InstancePhase.Failed => "failed",
            InstancePhase.Unmanaged => "unmanaged",
            InstancePhase.Stopped => "stopped",
            InstancePhase.Stopping => "stop-pending",
            InstancePhase.Down when held => "held",
            InstancePhase.Down or InstancePhase.WaitingForProof or InstancePhase.Starting or InstancePhase.Running
                or InstancePhase.Ready or InstancePhase.Paused or InstancePhase.Moving or InstancePhase.HandedBack
                => "down",
        }, null);
    }

    private static readonly Office NoOffice = new()
    {
        Epoch = Epoch.None, Controller = "", Since = Instant.Origin, ListeningSince = Instant.Origin,
    };
}
