using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Havm.Model;
using Havm.Specs;

namespace Havm.Simulator.Scenario.Reading;

/// <summary>From text to a scenario: every error at once, each with line and column.</summary>
public sealed partial class ScenarioReader
{
    private readonly FieldPath _at;
    private readonly MapReader _root;
    private readonly Names _names;

    private ScenarioReader(DataNode root, Problems problems)
    {
        _at = new FieldPath(problems, problems.Source, "");
        _root = new MapReader(root, _at);
        _names = new Names();
    }

    /// <summary>The scenario, or every reason why the text is none.</summary>
    /// <param name="text">YAML or JSON, one document, 1 MiB at most.</param>
    /// <param name="source">The input's name in errors.</param>
    public static (ScenarioFile? Scenario, ImmutableArray<SpecError> Errors) Read(string text, string source)
    {
        var problems = new Problems(source);
        var scenario = ReadRoot(text.TrimStart('\ufeff'), problems) is { } root
            ? new ScenarioReader(root, problems).Read()
            : null;
        return problems.Count == 0 ? (scenario, []) : (null, problems.All());
    }

    private static DataNode? ReadRoot(string text, Problems problems)
    {
        var at = new FieldPath(problems, problems.Source, "");
        if (SpecParser.RefuseWhole(text) is { } refused)
        {
            at.Refuse(refused.Place, refused.Reason, refused.Remedy);
            return null;
        }

        var documents = DocumentSplitter.Split(text);
        if (documents.Length != 1)
        {
            at.Refuse(null, $"holds {documents.Length} documents", "write one scenario a file");
            return null;
        }

        return DocumentReader.Read(documents[0], at);
    }

    private ScenarioFile Read()
    {
        _root.Required("schema", ScenarioFile.Schema, "", (n, at) => MapReader.WordOf(n, at, [ScenarioFile.Schema]));
        var name = _root.Required("name", "a name of your own", "", IdOf);
        var title = _root.Text("title") ?? "";
        _ = _root.Words("tags");
        var needs = _root.Words("needs");
        var nodes = Nodes();
        _names.Nodes.UnionWith(nodes.Keys);
        var vms = Vms();
        _names.Vms.UnionWith(vms.Keys);
        var racks = Racks(nodes.Keys);
        var balancers = new BalancerReader(_names).Read(_root);
        DependencyReader.Check(_root, vms, balancers);
        var quorums = new QuorumReader(_names).Read(_root);
        _names.Racks.UnionWith(racks.Values);
        var rules = new RuleReader(_names).Read(_root);
        var policy = Policy();
        var steps = new StepReader(_names).Read(_root);
        var expect = new ExpectReader(_names).Read(_root);
        _root.Close();
        return new ScenarioFile
        {
            Name = name,
            Title = title,
            Needs = [.. needs.Select(word => word.Text)],
            Nodes = nodes,
            Vms = vms,
            RackOf = racks,
            Balancers = balancers,
            Quorums = quorums,
            Rules = rules,
            Policy = policy,
            Steps = steps,
            Expect = expect,
        };
    }

    private static string? IdOf(DataNode node, FieldPath at)
    {
        var text = MapReader.TextOf(node, at);
        if (text is not null && !Id().IsMatch(text))
        {
            at.Refuse(node.Place, $"is {node.Words}, no legal name", "use a-z, 0-9, '-' and '.'");
        }

        return text;
    }

    private static void CheckId(string key, TextPlace place, FieldPath at)
    {
        if (!Id().IsMatch(key))
        {
            at.Refuse(place, $"\"{key}\" is no legal name", "use a-z, 0-9, '-' and '.'");
        }
    }

    private ImmutableSortedDictionary<string, ScenarioNode> Nodes()
    {
        var nodes = ScenarioFile.Empty<ScenarioNode>().ToBuilder();
        var map = Named("nodes", "the cluster's nodes");
        foreach (var (key, place, value) in map.Entries())
        {
            var node = new MapReader(value, map.At.Field(key));
            CheckId(key, place, node.At);
            nodes[key] = new ScenarioNode
            {
                Powered = node.Flag("powered", true),
                Cpu = node.Number("cpu", 0.001) ?? 24,
                Memory = node.Size("memory"),
                Watchdog = node.Word("watchdog", "independent", "independent", "none") == "independent",
                Outlets = node.Flag("outlets", false),
                StorageFence = node.Flag("storage-fence", false),
            };
            _ = node.Take("labels");
            node.Close();
        }

        map.Close();
        if (map.IsEmpty)
        {
            map.At.Refuse(map.Place, "names no node", "a cluster has one node at least");
        }

        return nodes.ToImmutable();
    }

    private MapReader Named(string key, string words)
    {
        if (_root.Take(key) is { } node)
        {
            return new MapReader(node, _at.Field(key));
        }

        _at.Field(key).Refuse(_root.Place, "is missing", $"add \"{key}:\" ({words})");
        return new MapReader(new MapNode(_root.Place, []), _at.Field(key));
    }

    private ImmutableSortedDictionary<string, ScenarioVm> Vms()
    {
        var vms = ScenarioFile.Empty<ScenarioVm>().ToBuilder();
        var map = Named("vms", "the cluster's VMs; {} for none");
        foreach (var (key, place, value) in map.Entries())
        {
            var vm = new MapReader(value, map.At.Field(key));
            CheckId(key, place, vm.At);
            vms[key] = Vm(vm);
            vm.Close();
        }

        map.Close();
        return vms.ToImmutable();
    }

    private ScenarioVm Vm(MapReader vm)
    {
        _ = vm.Flag("live", true);
        return new ScenarioVm
        {
            Node = vm.Required("node", "where it is assigned at the beginning", "", (n, at) => _names.Node(n, at)),
            Desired = DesiredOf(vm.Word("desired", "running", "running", "stopped", "unmanaged")),
            InitiallyFailed = vm.Word("initially", "", "failed") == "failed",
            Cpu = vm.Number("cpu", 0.001),
            Memory = vm.Size("memory"),
            Priority = vm.Whole("priority", 3, 1, 5),
            AvailabilitySet = vm.Text("availability-set"),
            Diskless = vm.Flag("diskless", false),
            Isolation = vm.Word("isolation", "leaveRunning", "leaveRunning", "pause", "stop", "powerOff") switch
            {
                "pause" => IsolationPolicy.Pause,
                "stop" => IsolationPolicy.Stop,
                "powerOff" => IsolationPolicy.PowerOff,
                _ => IsolationPolicy.LeaveRunning,
            },
            Faults = Faults(vm),
            Retries = Retries(vm),
            Failback = vm.Flag("failback", true),
            GuestAgent = RoleReader.Agent(vm),
            Monitoring = vm.Word("monitoring", "off", "off", "vm", "vmAndApplication") switch
            {
                "vm" => MonitoringMode.Vm,
                "vmAndApplication" => MonitoringMode.VmAndApplication,
                _ => MonitoringMode.Off,
            },
            DumpWithin = vm.Time("dump-within"),
            Uses = Uses(vm),
            DependsOn = DependencyReader.Read(vm),
            Role = RoleReader.Read(vm),
        };
    }

    private static DataNode Nothing(MapReader of) => new MapNode(of.Place, []);

    public static Desired DesiredOf(string word) => word switch
    {
        "stopped" => Desired.Stopped,
        "unmanaged" => Desired.Unmanaged,
        _ => Desired.Running,
    };

    private static ScenarioUse? Uses(MapReader vm)
    {
        if (vm.Take("uses") is not { } node)
        {
            return null;
        }

        var use = new MapReader(node, vm.At.Field("uses"));
        var read = new ScenarioUse(use.Number("cpu", 0), use.Size("memory"));
        use.Close();
        return read;
    }

    /// <summary>Within the bounds of the product's own setting.</summary>
    private static ScenarioRetries Retries(MapReader vm)
    {
        var retries = new MapReader(vm.Take("retries") ?? Nothing(vm), vm.At.Field("retries"));
        var read = new ScenarioRetries(retries.Whole("here", 1, 0, 1000), retries.Whole("elsewhere", 1, 0, 1000));
        retries.Close();
        return read;
    }

    private ScenarioFaults? Faults(MapReader vm)
    {
        if (vm.Take("faults") is not { } node)
        {
            return null;
        }

        var faults = new MapReader(node, vm.At.Field("faults"));
        var only = faults.Take("only-on") is { } on ? _names.Node(on, faults.At.Field("only-on")) : null;
        var read = new ScenarioFaults(
            faults.Whole("start", 0, 0, 1000), faults.Whole("move", 0, 0, 1000),
            faults.Word("stop", "", "always") == "always", only)
        {
            NeverReady = faults.Word("ready", "", "never") == "never",
        };
        faults.Close();
        return read;
    }

    private ImmutableSortedDictionary<string, string> Racks(IEnumerable<string> nodes)
    {
        var rackOf = ScenarioFile.Empty<string>().ToBuilder();
        var map = new MapReader(_root.Take("racks") ?? Nothing(_root), _at.Field("racks"));
        foreach (var (rack, place, value) in map.Entries())
        {
            var at = map.At.Field(rack);
            CheckId(rack, place, at);
            foreach (var word in MapReader.WordsOf(value, at))
            {
                if (_names.Node(word, at) is { } node && !rackOf.TryAdd(node, rack))
                {
                    at.Refuse(word.Place, $"{node} stands in rack {rackOf[node]} already", "name it once");
                }
            }
        }

        map.Close();
        foreach (var node in nodes.Where(node => !rackOf.ContainsKey(node)))
        {
            rackOf[node] = $"rack-of-{node}";
        }

        return rackOf.ToImmutable();
    }

    private ScenarioPolicy Policy()
    {
        var policy = new MapReader(_root.Take("policy") ?? Nothing(_root), _at.Field("policy"));
        RebalancePolicy? rebalance = null;
        if (policy.Take("rebalance") is { } even)
        {
            var how = new MapReader(even, policy.At.Field("rebalance"));
            rebalance = new RebalancePolicy
            {
                Threshold = how.Number("threshold", 0) ?? 0.3, Hold = how.Time("hold") ?? TimeSpan.FromSeconds(60),
            };
            how.Close();
        }

        var read = new ScenarioPolicy
        {
            Placement = policy.Word("placement", "count", "count", "reserved", "used"),
            PlaceAtStart = policy.Flag("place-at-start", false),
            Overcommit = policy.Flag("overcommit", false),
            OnShutdown = policy.Word("on-shutdown", "failover", "failover", "hold", "drain"),
            OnReboot = policy.Word("on-reboot", "hold", "failover", "hold", "drain"),
            ReturnAfterMaintenance = policy.Flag("return-after-maintenance", true),
            Rebalance = rebalance,
            NodeLife = NodeLifeReader.Read(policy),
            Prediction = PredictionReader.Read(policy),
            RebootFirst = policy.Time("reboot-first"),
            PowerOn = policy.Flag("power-on", false),
        };
        policy.Close();
        return read;
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]*$")]
    private static partial Regex Id();
}
