using Havm.Core.Changes;
using Havm.Core.Disarming;
using Havm.Core.Fencing;
using Havm.Core.Leases;
using Havm.Core.Records;
using Havm.Core.Recovery;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>
/// A story that a seed writes: faults, lies that SAFETY allows for, orders and new leaders in any order, on hosts whose
/// ground truth is known. After every step: never two alive, and a seat is only given when all before it are dead.
/// </summary>
internal sealed class RandomLife
{
    private static readonly IsolationPolicy[] Policies = Enum.GetValues<IsolationPolicy>();

    private readonly Random _random;
    private readonly Story _story;
    private static readonly double[] LongLeases = [10, 60, 60, 120, 600, 24 * 3600];

    private readonly List<Beat> _late = [];
    private readonly List<LateAnswer> _lateAnswers = [];
    private readonly Dictionary<NodeName, Instant> _ordered = [];

    public RandomLife(int seed)
    {
        _random = new Random(seed);
        _story = Story.Of(3, 2, bmc: true, watchdog: WatchdogKind.Independent);
        _story.Always = Check;
        _story.SharedStore = _random.Next(2) == 0;
        _story.Apply([.. Enumerable.Range(0, 4).Select(i => StorySpecs.Vm($"vm{i}", Any(Policies)))]);
    }

    /// <summary>What has happened in all, by kind of change: coverage.</summary>
    public SortedDictionary<string, int> Coverage { get; } = [];

    public Story Story => _story;

    public void Live(int acts)
    {
        for (var i = 0; i < acts; i++)
        {
            Act();
            _story.Run(0.1 * _random.Next(1, _random.Next(20) == 0 ? 400 : 30));
        }
    }

    /// <summary>Everything is repaired; afterwards all must settle.</summary>
    public void Heal()
    {
        _story.Order(id => new ArmOrder(id, "ann"));
        foreach (var host in _story.Hosts.Values)
        {
            host.Cut = host.AgentDown = host.KillsSlowly = host.InventoryIncomplete = host.NeverBoots = false;
            _story.Order(id => new CordonOrder(id, host.Name, false, "ann"));
            _story.Order(id => new DrainOrder(id, host.Name, false, "ann"));
            host.Bmc = BmcMood.Honest;
            host.Armed = true;
            host.Departing = null;
            host.GivenUp.Clear();
            host.Sightings.Clear();
            if (!host.Powered || host.Hung || _story.PhaseOf(host) == NodePhase.Dead)
            {
                host.PowerOff();
            }
        }

        _story.Run(5);
        foreach (var host in _story.Hosts.Values.Where(h => !h.Powered))
        {
            _story.Reboot(host);
        }

        _story.Run(400);
    }

    private void Act()
    {
        var host = Any(_story.Hosts.Values.ToArray());
        var vm = new InstanceName($"vm{_random.Next(4)}");
        var what = _random.Next(40);
        switch (what)
        {
            case 0 or 1:
                host.Cut = !host.Cut;
                break;
            case 2:
                host.PowerOff();
                break;
            case 3 or 4 when !host.Powered:
                _story.Reboot(host);
                break;
            case 5:
                host.Hang(_story.Now);
                break;
            case 6:
                host.Bmc = Any([BmcMood.Honest, BmcMood.Dead, BmcMood.Lazy]);
                break;
            case 7:
                host.AgentDown = !host.AgentDown;
                break;
            case 8:
                host.KillsSlowly = !host.KillsSlowly;
                break;
            case 9:
                host.InventoryIncomplete = !host.InventoryIncomplete;
                break;
            case 10 when host.Running.Count > 0:
                var (instance, process) = host.Running.First();
                host.GivenUp.Add((instance, process.Generation));
                host.Running.Remove(instance);
                break;
            case 11 or 12:
                _story.Sighted(host, host.Powered && !host.Hung ? 0.5 : 6);
                break;
            case 13:
                _story.RestartController();
                break;
            case 14:
                _story.Post(new OwnStall(TimeSpan.FromSeconds(1)));
                break;
            case 15:
                _late.Add(host.WardenBeat());
                _late.Add(host.AgentBeat());
                _lateAnswers.Add(_story.LastAnswer!);
                break;
            case 16 when _late.Count > 0:
                _story.Post(Any(_late.ToArray()));
                break;
            case 21:
                host.Departing = Any<bool?>([null, null, true, false]);
                break;
            case 30:
                host.NeverBoots = !host.NeverBoots;
                break;
            case 23:
                _story.Reconnect(host);
                host.RestartAgent();
                break;
            default:
                Order(what, host, vm);
                break;
        }
    }

    private void Order(int what, SmallHost host, InstanceName vm)
    {
        switch (what)
        {
            case 17:
                _story.Apply(StorySpecs.Vm(vm.Value, Any(Policies)));
                break;
            case 18:
                _story.Delete($"VirtualMachine/{vm}");
                break;
            case 24 or 25:
                _story.Order(id => new LongLeaseOrder(id, TimeSpan.FromSeconds(Any(LongLeases)), "ann"));
                break;
            case 26:
                _story.Order(id => new LongLeaseEndOrder(id, "ann"));
                break;
            case 27:
                _story.Outage(_random.Next(1, 90));
                break;
            case 28 when _random.Next(4) == 0:
                _story.Adopt();
                break;
            case 29 when _lateAnswers.Count > 0:
                var late = Any(_lateAnswers.ToArray());
                if (late.Host.Boot == late.Boot)
                {
                    late.Host.Hear(late.Answer, late.Leader, late.Sent, _story.Now);
                }

                break;
            case 19 or 20:
                _story.Order(id => new InstanceOrder(id, vm, Any(Enum.GetValues<InstanceVerb>()), "ann"));
                break;
            case 32 or 33:
                var to = Any(_story.Hosts.Keys.ToArray());
                _story.Order(id => new MoveOrder(id, vm, to, "ann"));
                break;
            case 34:
                var drain = _story.Node(host.Name.Value).Drain is null && _random.Next(2) == 0;
                _story.Order(id => new DrainOrder(id, host.Name, drain, "ann"));
                break;
            case 35:
                _story.Apply(StorySpecs.Of("default", new PolicySpec
                {
                    Maintenance = new MaintenancePolicy
                    {
                        OnShutdown = Any(Enum.GetValues<DeparturePolicy>()),
                        OnReboot = Any(Enum.GetValues<DeparturePolicy>()),
                    },
                }));
                break;
            case 31:
                var cordon = !_story.Node(host.Name.Value).Cordoned;
                _story.Order(id => new CordonOrder(id, host.Name, cordon, "ann"));
                break;
            case 22 when !host.Powered:
                // The operator speaks the truth: what he confirms is off.
                _story.Order(id => new ConfirmDeadOrder(id, host.Name, host.Boot, "ann"));
                break;
            default:
                ActByHand(what, host, vm);
                break;
        }
    }

    /// <summary>Automation goes off and on, and people move machines behind everybody's back.</summary>
    private void ActByHand(int what, SmallHost host, InstanceName vm)
    {
        switch (what)
        {
            case 36:
                var mode = Any([AutomationMode.Freeze, AutomationMode.HandsOff]);
                var length = TimeSpan.FromMinutes(_random.Next(1, 10));
                _story.Order(id => new DisarmOrder(id, mode, length, "ann"));
                break;
            case 37 or 38:
                _story.Order(id => new ArmOrder(id, "ann"));
                break;
            case 39 when host.Powered && !host.Hung:
                var from = _story.Hosts.Values.FirstOrDefault(h => h.Running.ContainsKey(vm));
                if (from is not null && from != host)
                {
                    _story.MoveByHand(vm, from, host);
                }

                break;
        }
    }

    private void Check(Decision decision)
    {
        foreach (var change in decision.Changes)
        {
            var kind = change.GetType().Name;
            Coverage[kind] = Coverage.GetValueOrDefault(kind) + 1;
            if (change is SeatTaken taken)
            {
                // What people moved to a node that nobody hears is known to nobody: its disks' locks hold others back.
                var alive = _story.Hosts.Values.Where(h =>
                    h.Running.TryGetValue(taken.Name, out var process) && !process.ByHand).ToList();
                Assert.True(alive.Count == 0,
                    $"{taken.Name} was given a seat while it runs on "
                        + $"{string.Join(", ", alive.Select(h => h.Name))}\n{_story.Tell()}");
            }
        }

        if (DisarmRule.InForce(_story.Ledger) is not null && !decision.Changes.OfType<Disarmed>().Any())
        {
            // The books of an adopted state are put right meanwhile: what its node does not run is not stopped by that.
            Assert.DoesNotContain(decision.Changes, c => c is SeatTaken or FenceOrdered
                or SeatWithdrawn { Why.Code: not "seatUnfilled" });
            Assert.DoesNotContain(decision.Commands, c => c is PowerOff or PowerOn);
        }

        foreach (var ordered in decision.Changes.OfType<FenceOrdered>())
        {
            _ordered[ordered.Name] = _story.Now;
        }

        foreach (var on in decision.Commands.OfType<PowerOn>())
        {
            CheckPowerOn(on);
        }

        foreach (var twice in _story.Hosts.Values
            .SelectMany(h => h.Running.Keys).GroupBy(i => i).Where(g => g.Count() > 1))
        {
            Assert.Fail($"{twice.Key} runs {twice.Count()} times\n{_story.Tell()}");
        }
    }

    /// <summary>
    /// Only a machine whose BMC took a power-off order of ours is powered on, or one that came on by our order and went
    /// off again before anybody could know, or one that went off soon after a leader ordered it of whom nobody can ask
    /// any more whether the order left; and none that somebody works at.
    /// </summary>
    private void CheckPowerOn(PowerOn on)
    {
        var host = _story.Hosts[on.Node];
        var ours = host.OffOrderTaken is { } taken
            && (taken.Boot == host.Boot || _story.Now - taken.At <= PowerOnDecider.Aftermath);
        Assert.True(
            host.Powered || ours || host.CameOnUntold || LeaderGone(on.Node),
            $"{on.Node} went off by itself and is switched on\n{_story.Tell()}");
        Assert.False(_story.Node(on.Node.Value).Cordoned, $"{on.Node} is cordoned\n{_story.Tell()}");
        Assert.InRange(on.Try, 1, PowerOnDecider.Tries);
    }

    private bool LeaderGone(NodeName node) =>
        _ordered.TryGetValue(node, out var at) && at < _story.Cluster.Office.Since
        && _story.Now - at < FencingDecider.LeaderGone + PowerOnDecider.Again * PowerOnDecider.Tries;

    private T Any<T>(T[] of) => of[_random.Next(of.Length)];
}
