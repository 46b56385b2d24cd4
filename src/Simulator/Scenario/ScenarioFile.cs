using System.Collections.Immutable;
using Havm.Model;
using Havm.Simulator.Faults;
using Havm.Specs;

namespace Havm.Simulator.Scenario;

/// <summary>A scenario as it was written, checked: every name in it leads somewhere.</summary>
public sealed record ScenarioFile
{
    public const string Schema = "havm-scenario/1";

    public required string Name { get; init; }

    public string Title { get; init; } = "";

    /// <summary>What it says that it needs; a word we do not know, or have not built, skips it.</summary>
    public ImmutableArray<string> Needs { get; init; } = [];

    /// <summary>In name order, whatever the order in the file.</summary>
    public ImmutableSortedDictionary<string, ScenarioNode> Nodes { get; init; } = Empty<ScenarioNode>();

    public ImmutableSortedDictionary<string, ScenarioVm> Vms { get; init; } = Empty<ScenarioVm>();

    /// <summary>Every node's rack; one of its own where none was named.</summary>
    public ImmutableSortedDictionary<string, string> RackOf { get; init; } = Empty<string>();

    /// <summary>
    /// What stands in front of VMs; of one in front of service S these are S-web-0, S-web-1 and so on.
    /// </summary>
    public ImmutableSortedDictionary<string, ScenarioBalancer> Balancers { get; init; } = Empty<ScenarioBalancer>();

    /// <summary>Those that decide by majority, by name.</summary>
    public ImmutableSortedDictionary<string, ScenarioQuorum> Quorums { get; init; } = Empty<ScenarioQuorum>();

    public ImmutableArray<ScenarioRule> Rules { get; init; } = [];

    public ScenarioPolicy Policy { get; init; } = new();

    public ImmutableArray<ScenarioStep> Steps { get; init; } = [];

    public Expectation Expect { get; init; } = new();

    /// <summary>VMs that steps add.</summary>
    public IEnumerable<string> Added => Steps.SelectMany(step => step.Do)
        .Where(action => action.Verb == "add").SelectMany(action => action.Names).Distinct()
        .Where(name => !Vms.ContainsKey(name));

    /// <summary>Every VM that there is at any time.</summary>
    public IEnumerable<string> AllVms => Vms.Keys.Concat(Added);

    public static ImmutableSortedDictionary<string, T> Empty<T>() =>
        ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);
}

/// <summary>A node at the beginning.</summary>
public sealed record ScenarioNode
{
    public bool Powered { get; init; } = true;

    public double Cpu { get; init; } = 24;

    /// <summary>Null: not said.</summary>
    public Bytes? Memory { get; init; }

    /// <summary>An independent watchdog resets it when its warden stands still.</summary>
    public bool Watchdog { get; init; } = true;

    /// <summary>Besides its BMC the outlets of a PDU switch it: the second rung of its ladder.</summary>
    public bool Outlets { get; init; }

    /// <summary>Storage can be told to refuse its writes: the last rung of its ladder.</summary>
    public bool StorageFence { get; init; }
}

/// <summary>A VM at the beginning.</summary>
public sealed record ScenarioVm
{
    /// <summary>Where it is assigned.</summary>
    public required string Node { get; init; }

    public Desired Desired { get; init; } = Desired.Running;

    /// <summary>It has no disk; else it has one where nodes have a storage fence.</summary>
    public bool Diskless { get; init; }

    public bool InitiallyFailed { get; init; }

    /// <summary>Null: not said.</summary>
    public double? Cpu { get; init; }

    public Bytes? Memory { get; init; }

    public int Priority { get; init; } = 3;

    public string? AvailabilitySet { get; init; }

    public IsolationPolicy Isolation { get; init; } = IsolationPolicy.LeaveRunning;

    public ScenarioFaults? Faults { get; init; }

    /// <summary>It goes back to a node that it prefers when it can.</summary>
    public bool Failback { get; init; } = true;

    public ScenarioRetries Retries { get; init; } = new(1, 1);

    /// <summary>What speaks for its guest.</summary>
    public GuestAgentKind GuestAgent { get; init; }

    /// <summary>What its host watches of it.</summary>
    public MonitoringMode Monitoring { get; init; } = MonitoringMode.Off;

    /// <summary>How long its repair waits for a dump of its memory, in full; null: none is asked for.</summary>
    public TimeSpan? DumpWithin { get; init; }

    /// <summary>The program that its guest agent supervises; null: its guest alone is there.</summary>
    public GuestApplication? Role { get; init; }

    /// <summary>What it is measured to use; null: not said.</summary>
    public ScenarioUse? Uses { get; init; }

    /// <summary>What it is started after.</summary>
    public ImmutableArray<ScenarioDependency> DependsOn { get; init; } = [];
}

public enum Desired
{
    Running,
    Stopped,
    Unmanaged,
}

/// <summary>A load balancer, and the service behind it, whose instances are VMs of the scenario.</summary>
/// <param name="Service">VMs of its name with "-web-N" are its instances.</param>
/// <param name="Limit">Null: nothing is done about an endpoint that stays down.</param>
public sealed record ScenarioBalancer(
    string Service, TimeSpan Every, int Misses, TimeSpan Drain, TimeSpan? Limit, bool Program);

/// <summary>VMs that decide by majority, a vote each.</summary>
/// <param name="Witness">Votes of a witness outside.</param>
public sealed record ScenarioQuorum(ImmutableArray<string> Members, int Witness);

/// <summary>What a VM is measured to use; what is not said is its size.</summary>
public sealed record ScenarioUse(double? Cpu, Bytes? Memory);

/// <summary>Tries after a start that failed: on the same node, and on others.</summary>
public sealed record ScenarioRetries(int Here, int Elsewhere);

/// <summary>What a VM is started after.</summary>
/// <param name="On">A VM, or the service behind a balancer.</param>
public sealed record ScenarioDependency(string On, bool IsService, Readiness Condition, TimeSpan Timeout);

/// <summary>Tries that fail.</summary>
public sealed record ScenarioFaults(int Start, int Move, bool StopAlways, string? OnlyOn)
{
    /// <summary>Its guest boots, and never says that it is ready.</summary>
    public bool NeverReady { get; init; }
}

/// <summary>A wish about where VMs go.</summary>
/// <param name="Kind">pin, together or apart.</param>
/// <param name="To">The nodes of a pin with their weights; the higher the better.</param>
/// <param name="Weighted">The weights were written.</param>
public sealed record ScenarioRule(
    string Kind, ImmutableArray<string> Vms, ImmutableSortedDictionary<string, int> To, bool Weighted, bool Hard);

public sealed record ScenarioPolicy
{
    /// <summary>count, reserved or used.</summary>
    public string Placement { get; init; } = "count";

    public bool PlaceAtStart { get; init; }

    public bool Overcommit { get; init; }

    /// <summary>failover, hold or drain.</summary>
    public string OnShutdown { get; init; } = "failover";

    public string OnReboot { get; init; } = "hold";

    /// <summary>Instances that maintenance moved away come home after it.</summary>
    public bool ReturnAfterMaintenance { get; init; } = true;

    /// <summary>Null: load is not evened out.</summary>
    public RebalancePolicy? Rebalance { get; init; }

    /// <summary>Null: the product's own repair, probation and quarantine are off.</summary>
    public NodeLifePolicy? NodeLife { get; init; }

    /// <summary>Null: as the product has it.</summary>
    public PredictionPolicy? Prediction { get; init; }

    /// <summary>Null: instances of a dead node start elsewhere at once; else how long they wait for it.</summary>
    public TimeSpan? RebootFirst { get; init; }

    /// <summary>A node that was fenced is powered on again, as the product does.</summary>
    public bool PowerOn { get; init; }
}

/// <summary>Faults and orders given together, and what must hold once things have settled after them.</summary>
/// <param name="After">At least this long after the step before.</param>
/// <param name="Settle">And not before things have settled.</param>
public sealed record ScenarioStep(
    TimeSpan After, bool Settle, ImmutableArray<ScenarioAction> Do,
    ImmutableSortedDictionary<string, ImmutableArray<string>> Then);

/// <summary>One fault or order.</summary>
/// <param name="Verb">Its first key.</param>
/// <param name="Names">Nodes or VMs it is about, in the order written.</param>
/// <param name="Options">Its further keys, as text.</param>
public sealed record ScenarioAction(
    string Verb, ImmutableArray<string> Names, ImmutableSortedDictionary<string, string> Options, TextPlace Place)
{
    /// <summary>The fields of a verb of the fault library; null: it is an order.</summary>
    public FaultValues? Fault { get; init; }
}

public sealed record Expectation
{
    public ImmutableArray<string> Fenced { get; init; } = [];

    public ImmutableArray<string> NeverFenced { get; init; } = [];

    /// <summary>Nodes that are never held for dead; they may be ordered off.</summary>
    public ImmutableArray<string> Unproven { get; init; } = [];

    /// <summary>Nodes on which a VM never begins to run.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Never { get; init; } =
        ScenarioFile.Empty<ImmutableArray<string>>();

    /// <summary>From a leader that is hit to the next one that takes office.</summary>
    public TimeSpan? FailoverWithin { get; init; }

    public ImmutableArray<string> Untouched { get; init; } = [];

    /// <summary>Null: not expected, which is not the same as none.</summary>
    public ImmutableArray<string>? InMaintenance { get; init; }

    /// <summary>How fit nodes are at the end: fit, probation, quarantine, outForRepair or retired.</summary>
    public ImmutableSortedDictionary<string, string> Fitness { get; init; } = ScenarioFile.Empty<string>();

    public TimeSpan? RecoveryWithin { get; init; }

    public int? MovesAtMost { get; init; }

    public double? PeakMemoryAtMost { get; init; }

    public double? ImbalanceAtMost { get; init; }
}
