using System.Collections.Immutable;
using Havm.Core;
using Havm.Model;
using Havm.Simulator.Faults;
using Havm.Simulator.Scenario.Reading;
using Havm.Simulator.Trace;
using Havm.Simulator.World;
using Havm.Simulator.World.Hosts;

namespace Havm.Simulator.Scenario.Running;

/// <summary>Plays a scenario: steps, settling, snapshots; then it is judged.</summary>
public sealed class ScenarioPlayer
{
    private const string Actor = "scenario";

    /// <summary>What runs already does so for a while before anybody writes its object.</summary>
    private static readonly TimeSpan SeenFirst = TimeSpan.FromSeconds(10);

    /// <summary>Settling must come within this time of a step.</summary>
    /// <summary>The rule that what was injected comes to an end.</summary>
    public const string Settles = "EventuallySettled";

    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(900);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly ScenarioFile _scenario;
    private readonly Translation _words;
    private readonly Stage _stage;
    private readonly SettledWatch _settled;
    private readonly ScenarioJudge _judge;
    private readonly CurrentVms _vms;
    private Instant _injected;
    private Cluster? _before;

    private ScenarioPlayer(ScenarioFile scenario, Translation words, Stage stage)
    {
        _scenario = scenario;
        _words = words;
        _stage = stage;
        _settled = new SettledWatch(stage.World);
        _vms = new CurrentVms(scenario);
        _judge = new ScenarioJudge(scenario, _vms, words, stage);
    }

    private VirtualWorld World => _stage.World;

    public static ScenarioOutcome Play(ScenarioFile scenario, PlayOptions options)
    {
        var missing = Capabilities.Missing(scenario, options.Origin is not null);
        var header = HeaderOf(scenario, options, missing);
        if (!missing.IsEmpty)
        {
            return new ScenarioOutcome(scenario, [], missing, [], header);
        }

        var words = new Translation(scenario, options.Policy);
        var origin = options.Origin;
        if (origin is null)
        {
            var (founding, errors) = Founding.Of(words.Objects, words.Seats, words.Resting, words.Failed);
            if (founding is null)
            {
                return new ScenarioOutcome(scenario, [.. errors.Select(e => $"refused: {e}")], [], [], header);
            }

            origin = new WorldOrigin(founding);
        }

        var stage = new Stage(scenario, words, origin, options);
        var player = new ScenarioPlayer(scenario, words, stage);
        player.Play(options.Tail);
        return new ScenarioOutcome(scenario, [.. stage.Failures], [], [.. stage.Events], header)
        {
            Told = [.. stage.Told],
            Began = origin.Wall,
            Before = player._before,
            After = stage.Picture,
            Decided = stage.Decided,
        };
    }

    private static TraceHeader HeaderOf(
        ScenarioFile scenario, PlayOptions options, ImmutableArray<string> missing)
    {
        var liveness = options.Policy.Liveness;
        var world = options.World;
        return new TraceHeader(scenario.Name, options.Product, options.Seed,
        [
            ("heartbeat", Core.Leases.LeaseTerms.Default.Heartbeat),
            ("suspect", liveness.SuspectAfter),
            ("lost", liveness.LostAfter),
            ("cutOff", liveness.CutOffAfter ?? TimeSpan.Zero),
            ("p", Core.Leases.LeaseTerms.Default.P),
            ("boot", world.Boot),
            ("election", world.Election),
        ], missing);
    }

    private void Play(TimeSpan tail)
    {
        foreach (var (name, vm) in _scenario.Vms)
        {
            Spoil(_words.InstanceOf(name), vm.Faults);
            if (_words.UseOf(vm) is { } use)
            {
                World.Use(_words.InstanceOf(name), use);
            }
        }

        foreach (var (name, _) in _scenario.Nodes.Where(node => node.Value.Powered))
        {
            World.Host(_words.NodeOf(name)).PowerOn("power-on", "order");
        }

        for (var i = 0; i < _scenario.Steps.Length; i++)
        {
            var step = _scenario.Steps[i];
            Pass(step.After, step.Settle);
            if (i > 0)
            {
                _judge.Then(i, _stage.Snap(i, _scenario));
            }

            _judge.Before(i + 1);
            _before ??= _stage.Picture;
            Inject(i + 1, step);
        }

        Pass(TimeSpan.Zero, settle: true);
        World.Time.RunUntil(World.Time.Now + tail);
        var end = _stage.Snap(null, _scenario);
        _judge.Then(_scenario.Steps.Length, end);
        _judge.Whole(end);
    }

    /// <summary>What goes wrong with a VM is told to the hosts that it goes wrong on: tries count over all.</summary>
    private void Spoil(InstanceName instance, ScenarioFaults? faults)
    {
        if (faults is null)
        {
            return;
        }

        var (starts, moves) = (new StartFault(faults.Start), new StartFault(faults.Move));
        foreach (var host in World.Hosts
            .Where(host => faults.OnlyOn is null || host.Name == _words.NodeOf(faults.OnlyOn)))
        {
            host.Faults.FailStarts(instance, starts);
            host.Faults.FailMoves(instance, moves);
            if (faults.StopAlways)
            {
                host.Faults.NeverStop(instance);
            }

            if (faults.NeverReady)
            {
                host.Faults.NeverGetReady(instance);
            }
        }
    }

    /// <summary>Time goes by, until at least so long after the last step, and until things have settled.</summary>
    private void Pass(TimeSpan least, bool settle)
    {
        World.Time.RunUntil(_injected + least);
        while (settle && Unsettled() is { } why)
        {
            if (World.Time.Now - _injected >= SettleLimit + least)
            {
                _stage.Fail($"{Settles}: not within {SettleLimit.TotalSeconds:0} s: {why}");
                return;
            }

            World.Time.RunUntil(World.Time.Now + Look);
        }
    }

    private string? Unsettled() => _stage.Orders.Pending > 0 ? "an order is not acknowledged" : _settled.Unsettled();

    private void Inject(int number, ScenarioStep step)
    {
        _injected = World.Time.Now;
        foreach (var action in step.Do)
        {
            if (action.Fault is { } fields)
            {
                Strike(number, FaultCatalogue.Find(action.Verb)!, fields);
                continue;
            }

            if (action.Verb is "pause" or "resume")
            {
                _stage.Injected(number, action.Verb, "", "");
                _stage.Orders.Give(OrderWords.OfCluster(action.Verb, action.Names[0]));
                continue;
            }

            if (action.Verb == "observe")
            {
                var policy = _words.Observing(action.Names);
                _stage.Injected(number, action.Verb, "", "");
                _stage.Orders.Give(id => new SpecsSubmitted(id, [policy], false, Actor));
                continue;
            }

            foreach (var name in action.Names)
            {
                var isNode = Verbs.Find(action.Verb)!.Target == VerbTarget.Nodes;
                _stage.Injected(number, action.Verb, isNode ? "node" : "vm", name);
                if (isNode)
                {
                    OrderNode(action.Verb, _words.NodeOf(name));
                }
                else
                {
                    Order(action, name);
                }
            }
        }

        // What was done is looked at a moment later: its events of this very moment have happened by then.
        World.Time.RunUntil(World.Time.Now + TimeSpan.FromMilliseconds(1));
    }

    private void Strike(int step, FaultKind kind, FaultValues fields)
    {
        foreach (var (name, fault) in kind.Of(fields, _words))
        {
            if (fault is LeaderHit hit && World.Leader is { Home: var home })
            {
                // The trace tells what was done to whom; that he led shows by itself.
                _stage.Injected(step, hit.Verb, "node", _words.Nodes.Back(home.Value));
            }
            else
            {
                _stage.Injected(step, kind.Verb, SubjectOf(kind), name);
            }

            fault.Strike(World);
        }
    }

    /// <summary>What a trace calls the thing that is hit; a rack or a link has no word there.</summary>
    private static string SubjectOf(FaultKind kind) => kind.Fields[0].Type switch
    {
        FaultFieldType.EachNode => "node",
        FaultFieldType.EachVm => "vm",
        _ => "",
    };

    private void OrderNode(string verb, NodeName node)
    {
        switch (verb)
        {
            case "maintenance-on":
            case "maintenance-off":
                _stage.Orders.Give(id => new DrainOrder(id, node, verb == "maintenance-on", Actor));
                break;
            case "repair":
                _stage.Orders.Give(id => new RepairOrder(id, node, "the scenario says so", false, Actor));
                break;
            case "give-back":
                _stage.Orders.Give(id => new ReturnOrder(id, node, false, Actor));
                break;
            default:
                throw new InvalidOperationException($"{verb} is not carried out: its need must be missing");
        }
    }

    private void Order(ScenarioAction action, string vm)
    {
        if (action.Verb == "add")
        {
            _vms.Add(vm, OrderWords.Added(action));
        }

        switch (action.Verb)
        {
            case "moved-by-hand":
                ByHand.Move(World, _words.InstanceOf(vm), _words.NodeOf(action.Options["to"]));
                break;
            case "add" when action.Options.GetValueOrDefault("already-running") == "true":
                ByHand.Start(World, _words.InstanceOf(vm), _words.NodeOf(action.Options["node"]));
                _stage.Orders.Give(OrderWords.OfVm(action, vm, _words), SeenFirst);
                break;
            case "resize":
                var resized = _words.Vm(new(vm, _vms.Resize(vm, action)));
                _stage.Orders.Give(id => new SpecsSubmitted(id, [resized], false, Actor));
                break;
            case "usage":
                World.Use(_words.InstanceOf(vm), _words.UseOf(_vms.Use(vm, action))!.Value);
                break;
            default:
                _stage.Orders.Give(OrderWords.OfVm(action, vm, _words));
                break;
        }
    }
}
