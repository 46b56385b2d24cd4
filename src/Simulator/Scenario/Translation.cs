using System.Collections.Immutable;
using Havm.Model;
using Havm.Simulator.Faults;

namespace Havm.Simulator.Scenario;

/// <summary>A scenario in the product's own words: objects to apply, and where VMs sit at the beginning.</summary>
public sealed class Translation : IFaultNames
{
    private const string Store = "store";
    private const string Image = "guest";
    private const string Network = "lan";

    /// <summary>Of VMs whose size is not said, where some are.</summary>
    private static readonly Bytes Least = Bytes.MiB(16);

    private static readonly Bytes Usual = Bytes.GiB(1);
    private static readonly Bytes Roomy = Bytes.GiB(4096);
    private const int ManyCpus = 4096;

    private readonly ScenarioFile _scenario;
    private readonly bool _memoryIsSaid;
    private readonly bool _cpuIsSaid;

    public Translation(ScenarioFile scenario, PolicySpec policy)
    {
        _scenario = scenario;
        _memoryIsSaid = scenario.Vms.Values.Any(vm => vm.Memory is not null);
        _cpuIsSaid = scenario.Vms.Values.Any(vm => vm.Cpu is not null);
        Nodes = new NameBook(scenario.Nodes.Keys);
        Vms = new NameBook(scenario.Vms.Keys.Concat(scenario.Added));
        Racks = new NameBook(scenario.RackOf.Values.Distinct());
        Sets = new NameBook(scenario.Vms.Values.Select(vm => vm.AvailabilitySet).OfType<string>().Distinct());
        Objects =
        [
            .. Ground(policy), .. scenario.Nodes.Select(Node),
            .. scenario.Vms.Where(vm => !IsBehind(vm.Key)).Select(Vm), .. Services(),
            .. scenario.Rules.Select(Rule), .. scenario.Quorums.Select(Quorum),
        ];
        Seats = scenario.Vms
            .Where(vm => vm.Value is { Desired: Desired.Running, InitiallyFailed: false })
            .ToDictionary(vm => InstanceOf(vm.Key), vm => NodeOf(vm.Value.Node));
        Resting = scenario.Vms
            .Where(vm => !Seats.ContainsKey(InstanceOf(vm.Key)))
            .ToDictionary(vm => InstanceOf(vm.Key), vm => NodeOf(vm.Value.Node));
        Failed = scenario.Vms
            .Where(vm => vm.Value is { InitiallyFailed: true, Desired: Desired.Running })
            .Select(vm => InstanceOf(vm.Key)).ToHashSet();
    }

    public NameBook Nodes { get; }

    public NameBook Vms { get; }

    /// <summary>All VMs have addresses: something of the scenario hangs on whether they answer there.</summary>
    private bool HasAddresses =>
        _scenario.Steps.SelectMany(step => step.Do).Any(act => act.Verb == ManagementCut.Kind.Verb);

    private bool HasStorageFences => _scenario.Nodes.Values.Any(node => node.StorageFence);

    private NameBook Racks { get; }

    private NameBook Sets { get; }

    public ImmutableArray<SpecObject> Objects { get; }

    public IReadOnlyDictionary<InstanceName, NodeName> Seats { get; }

    /// <summary>Where those that hold no seat at the beginning are assigned.</summary>
    public IReadOnlyDictionary<InstanceName, NodeName> Resting { get; }

    /// <summary>Those that begin given up.</summary>
    public IReadOnlySet<InstanceName> Failed { get; }

    public NodeName NodeOf(string name) => new(Nodes.Of(name));

    public InstanceName InstanceOf(string name) => new(Vms.Of(name));

    public ImmutableArray<NodeName> NodesOfRack(string rack) =>
        [.. _scenario.RackOf.Where(node => node.Value == rack).Select(node => NodeOf(node.Key))];

    /// <summary>A VM's memory as the product knows it.</summary>
    public Bytes MemoryOf(ScenarioVm vm) =>
        vm.Memory is { } said && said > Least ? said : _memoryIsSaid ? Least : Usual;

    public Bytes MemoryOf(ScenarioNode node) => node.Memory ?? Roomy;

    private IEnumerable<SpecObject> Ground(PolicySpec policy) =>
    [
        Of("default", PolicyOf(policy)),
        Of(Store, new DatastoreSpec { Enforcing = HasStorageFences }),
        .. HasAddresses || !_scenario.Balancers.IsEmpty
            ? [Of(Network, new NetworkSpec { Cidr = "10.1.0.0/16" })]
            : Array.Empty<SpecObject>(),
        Of(Image, new ImageSpec { Datastore = Store, Kernel = "kernel", Initrd = "initrd" }),
        .. _scenario.RackOf.Values.Distinct().Order(StringComparer.Ordinal)
            .Select(rack => Of(Racks.Of(rack), new RackSpec())),
        .. _scenario.Vms.Values.Select(vm => vm.AvailabilitySet).OfType<string>().Distinct()
            .Order(StringComparer.Ordinal).Select(set => Of(Sets.Of(set), new AvailabilitySetSpec
            {
                FaultDomains = Math.Min(2, _scenario.RackOf.Values.Distinct().Count()),
            })),
    ];

    /// <summary>The page's defaults are its own; a node that is up in a scenario is fit at once.</summary>
    private PolicySpec PolicyOf(PolicySpec policy) => policy with
    {
        Healing = policy.Healing with
        {
            PowerOn = _scenario.Policy.PowerOn || _scenario.Policy.RebootFirst is not null,
        },
        Recovery = _scenario.Policy.RebootFirst is { } wait
            ? policy.Recovery with { Mode = RecoveryMode.RebootFirst, RebootWait = wait }
            : policy.Recovery,
        NodeLife = _scenario.Policy.NodeLife ?? policy.NodeLife with { Automatic = false },
        Prediction = _scenario.Policy.Prediction ?? policy.Prediction,
        Placement = policy.Placement with
        {
            Balance = _scenario.Policy.Placement switch
            {
                "reserved" => PlacementBalance.Reserved,
                "used" => PlacementBalance.Used,
                _ => PlacementBalance.Count,
            },
            Overcommit = _scenario.Policy.Overcommit,
            AtStart = _scenario.Policy.PlaceAtStart ? StartPlace.Best : StartPlace.Last,
            FailbackAfter = policy.Placement.FailbackAfter == new PlacementPolicy().FailbackAfter
                ? TimeSpan.Zero
                : policy.Placement.FailbackAfter,
            Rebalance = _scenario.Policy.Rebalance,
        },
        Maintenance = policy.Maintenance with
        {
            OnShutdown = Departure(_scenario.Policy.OnShutdown),
            OnReboot = Departure(_scenario.Policy.OnReboot),
            Return = _scenario.Policy.ReturnAfterMaintenance,
        },
    };

    private static DeparturePolicy Departure(string word) => word switch
    {
        "hold" => DeparturePolicy.Hold,
        "drain" => DeparturePolicy.Drain,
        _ => DeparturePolicy.Failover,
    };

    private SpecObject Node(KeyValuePair<string, ScenarioNode> node)
    {
        var name = Nodes.Of(node.Key);
        var bmc = new FenceMethod
        {
            Url = $"https://{name}.bmc", SystemId = "1", Uuid = $"uuid-{name}", CredentialsFile = "bmc", CaFile = "bmc",
        };
        var outlets = new FenceMethod
        {
            Driver = FenceDriver.FenceAgent,
            Agent = "fence_pdu",
            Outlets = [ImmutableSortedDictionary<string, string>.Empty.Add("plug", name)],
        };
        var storage = new FenceMethod
        {
            Driver = FenceDriver.FenceAgent,
            Agent = "fence_storage",
            Parameters = ImmutableSortedDictionary<string, string>.Empty.Add("plug", name),
            Datastores = [Store],
        };
        ImmutableArray<FenceMethod> ladder =
        [
            bmc, .. node.Value.Outlets ? [outlets] : Array.Empty<FenceMethod>(),
            .. node.Value.StorageFence ? [storage] : Array.Empty<FenceMethod>(),
        ];
        return Of(name, new NodeSpec
        {
            Rack = new RackName(Racks.Of(_scenario.RackOf[node.Key])),
            Cpus = _cpuIsSaid ? Math.Max(1, (int)node.Value.Cpu) : ManyCpus,
            Memory = MemoryOf(node.Value),
            Watchdog = node.Value.Watchdog ? WatchdogKind.Independent : WatchdogKind.None,
            Bmc = ladder.Length == 1 ? bmc : null,
            Fencing = ladder.Length == 1 ? [] : ladder,
        });
    }

    /// <summary>What a VM is measured to use; null: not said.</summary>
    public MachineUse? UseOf(ScenarioVm vm) => vm.Uses is { } use
        ? new MachineUse(
            (long)Math.Round(1000 * (use.Cpu ?? CpusOf(vm))), use.Memory ?? MemoryOf(vm))
        : null;

    private static int CpusOf(ScenarioVm vm) => Math.Max(1, (int)Math.Ceiling(vm.Cpu ?? 1));

    /// <summary>A VM as the product's own object.</summary>
    public SpecObject Vm(KeyValuePair<string, ScenarioVm> vm) => Of(Vms.Of(vm.Key), new VirtualMachineSpec
    {
        Wanted = vm.Value.Desired switch
        {
            Desired.Running => WantedState.Running,
            Desired.Stopped => WantedState.Stopped,
            Desired.Unmanaged => WantedState.Unmanaged,
        },
        FirstNode = NodeOf(vm.Value.Node),
        Disks = HasStorageFences && !vm.Value.Diskless
            ? [new DiskSpec { Name = "data", Datastore = Store, Size = Bytes.GiB(1) }] : [],
        Template = new InstanceTemplate
        {
            Vcpus = CpusOf(vm.Value),
            Memory = MemoryOf(vm.Value),
            Image = Image,
            Networks = HasAddresses ? [Network] : [],
            Priority = vm.Value.Priority,
            DependsOn = [.. vm.Value.DependsOn.Select(Dependency)],
            AvailabilitySet = vm.Value.AvailabilitySet is { } set ? Sets.Of(set) : null,
            Isolation = vm.Value.Isolation,
            Retries = new RetryPolicy
            {
                Here = vm.Value.Retries.Here, Elsewhere = vm.Value.Retries.Elsewhere, Again = null,
            },
            Failback = vm.Value.Failback,

            // A guest says that it is ready. Nobody looks inside unless the scenario says so.
            Application = vm.Value.GuestAgent == GuestAgentKind.Havm ? vm.Value.Role ?? new GuestApplication() : null,
            GuestAgent = vm.Value.GuestAgent,
            Monitoring = vm.Value.Monitoring,
            Evidence = vm.Value.DumpWithin is { } within
                ? new EvidenceWishes { GuestDump = true, DumpWithin = within } : null,
        },
    });

    private Dependency Dependency(ScenarioDependency on) => new()
    {
        Kind = on.IsService ? "Service" : "VirtualMachine",
        Name = on.IsService ? on.On : Vms.Of(on.On),
        Condition = on.Condition,
        Timeout = on.Timeout,
    };

    private bool IsBehind(string vm) => _scenario.Balancers.Values.Any(b =>
        vm.StartsWith($"{b.Service}-web-", StringComparison.Ordinal));

    /// <summary>Services with what stands before them; their instances are all as the first of them.</summary>
    private IEnumerable<SpecObject> Services()
    {
        var port = 80;
        foreach (var (name, balancer) in _scenario.Balancers)
        {
            var first = _scenario.Vms.First(vm => vm.Key == $"{balancer.Service}-web-0");
            var template = ((VirtualMachineSpec)Vm(first).Spec).Template with
            {
                Networks = [Network],
                Application = new GuestApplication { Command = balancer.Program ? ["/srv/web"] : [] },
            };
            yield return Of(balancer.Service, new ServiceSpec
            {
                Roles =
                [
                    new RoleSpec
                    {
                        Name = "web", Type = RoleType.Web, Template = template,
                        Instances = _scenario.Vms.Keys.Count(
                            vm => vm.StartsWith($"{balancer.Service}-web-", StringComparison.Ordinal)),
                    },
                ],
            });
            yield return Of(name, new LoadBalancerSpec
            {
                Service = balancer.Service, Role = "web", Listen = port++, Port = 80, Drain = balancer.Drain,
                Limit = balancer.Limit,
                Probe = new BalancerProbe
                {
                    Every = balancer.Every, Misses = balancer.Misses, Timeout = TimeSpan.FromSeconds(1),
                },
            });
        }
    }

    private SpecObject Rule(ScenarioRule rule, int number)
    {
        ImmutableArray<InstanceName> vms = [.. rule.Vms.Distinct().Select(InstanceOf)];
        return Of($"rule-{number}", rule.Kind switch
        {
            "together" => new PlacementRuleSpec { Together = vms },
            "apart" => new PlacementRuleSpec { Apart = vms },
            _ => new PlacementRuleSpec
            {
                Pin = vms,
                To = [.. rule.To.Select(to => new PreferredNode(NodeOf(to.Key), to.Value))],
                Hard = rule.Hard,
            },
        });
    }

    private SpecObject Quorum(KeyValuePair<string, ScenarioQuorum> quorum) => Of(quorum.Key, new QuorumGroupSpec
    {
        Members = [.. quorum.Value.Members.Select(vm => new Voter(InstanceOf(vm)))],
        WitnessVotes = quorum.Value.Witness,
    });

    /// <summary>The policy as it was, but that these rules only observe.</summary>
    public SpecObject Observing(IEnumerable<string> rules)
    {
        var policy = Objects.Single(o => o.Spec is PolicySpec);
        return policy with
        {
            Spec = (PolicySpec)policy.Spec with
            {
                Observe = [.. Enum.GetValues<AutomationRule>().Where(rule => rules.Contains(Word.Of(rule)))],
            },
        };
    }

    /// <summary>The object of a VM that a step adds.</summary>
    public SpecObject Added(string name, ScenarioVm vm) => Vm(KeyValuePair.Create(name, vm));

    private static SpecObject Of(string name, Spec spec) => new(new Metadata { Name = name }, spec);
}
