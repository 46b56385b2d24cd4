using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Havm.Model;

/// <summary>What every object carries beside its spec.</summary>
public sealed record Metadata
{
    /// <summary>Unique per kind; <see cref="NameRules"/>.</summary>
    public required string Name { get; init; }

    public ImmutableSortedDictionary<string, string> Labels { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>The wished half of an object. Each kind is one record below, immutable and already parsed.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(RackSpec), "Rack")]
[JsonDerivedType(typeof(NodeSpec), "Node")]
[JsonDerivedType(typeof(NetworkSpec), "Network")]
[JsonDerivedType(typeof(DatastoreSpec), "Datastore")]
[JsonDerivedType(typeof(ImageSpec), "Image")]
[JsonDerivedType(typeof(PolicySpec), "Policy")]
[JsonDerivedType(typeof(AvailabilitySetSpec), "AvailabilitySet")]
[JsonDerivedType(typeof(PlacementRuleSpec), "PlacementRule")]
[JsonDerivedType(typeof(QuorumGroupSpec), "QuorumGroup")]
[JsonDerivedType(typeof(VirtualMachineSpec), "VirtualMachine")]
[JsonDerivedType(typeof(ServiceSpec), "Service")]
[JsonDerivedType(typeof(LoadBalancerSpec), "LoadBalancer")]
public abstract record Spec
{
    /// <summary>The kind's name as it stands in a document.</summary>
    [JsonIgnore]
    public abstract string Kind { get; }
}

/// <summary>An object as a person wrote it.</summary>
public sealed record SpecObject(Metadata Metadata, Spec Spec)
{
    /// <summary>Counts the changes of this object in the store, from 1; 0 in what was not stored yet.</summary>
    public long Revision { get; init; }

    [JsonIgnore]
    public SpecKey Key => new(Spec.Kind, Metadata.Name);
}

/// <summary>Names one object: kind and name.</summary>
public readonly record struct SpecKey(string Kind, string Name)
{
    public override string ToString() => $"{Kind}/{Name}";
}

/// <summary>A fault domain.</summary>
public sealed record RackSpec : Spec
{
    [JsonIgnore]
    public override string Kind => "Rack";
}

/// <summary>A machine that runs VMs.</summary>
public sealed record NodeSpec : Spec
{
    private readonly ImmutableArray<FenceMethod> _switches = [];

    [JsonIgnore]
    public override string Kind => "Node";

    public required RackName Rack { get; init; }

    /// <summary>Virtual CPUs it may give away, 1 to 4096.</summary>
    public required int Cpus { get; init; }

    /// <summary>Memory it may give to guests.</summary>
    public required Bytes Memory { get; init; }

    /// <summary>How it is powered off from outside, where there is one way; else null.</summary>
    public FenceMethod? Bmc { get; init; }

    /// <summary>
    /// How it is stopped from outside, where there are several ways, the first to be tried first: what switches power
    /// comes before what cuts it off from storage.
    /// </summary>
    public ImmutableArray<FenceMethod> Fencing
    {
        get;
        init
        {
            field = value.IsDefault ? [] : value;
            Cuts = [.. field.Where(method => method.CutsStorage)];
            _switches = Cuts.IsEmpty ? field : [.. field.Where(method => !method.CutsStorage)];
        }
    } = [];

    /// <summary>All ways to power it off, in order; empty: no power fencing.</summary>
    [JsonIgnore]
    public ImmutableArray<FenceMethod> Rungs => Bmc is { } only ? only.Alone : _switches;

    /// <summary>All ways to cut it off from storage; empty: there is none.</summary>
    [JsonIgnore]
    public ImmutableArray<FenceMethod> Cuts { get; private init; } = [];

    /// <summary>The field of an object that holds one of <see cref="Rungs"/>.</summary>
    public string FieldOf(int rung) => Bmc is null ? $"spec.fencing[{rung}]" : "spec.bmc";

    /// <summary>The field of an object that holds one of <see cref="Cuts"/>.</summary>
    public string FieldOfCut(int place) => $"spec.fencing[{_switches.Length + place}]";

    /// <summary><see cref="Rungs"/> and then <see cref="Cuts"/>, each with the field that holds it.</summary>
    [JsonIgnore]
    public IEnumerable<(FenceMethod Method, string Field)> Methods =>
    [
        .. Rungs.Select((method, rung) => (method, FieldOf(rung))),
        .. Cuts.Select((method, place) => (method, FieldOfCut(place))),
    ];

    /// <summary>
    /// What resets this node when its own scheduling fails; decides whether lease expiry proves anything.
    /// </summary>
    public WatchdogKind Watchdog { get; init; } = WatchdogKind.None;
}

public enum WatchdogKind
{
    /// <summary>Nothing: lease expiry is no proof for this node.</summary>
    None,

    /// <summary>Independent of the node's own scheduling (a hardware watchdog): lease expiry proves.</summary>
    Independent,

    /// <summary>The operator accepts the warden alone; shown as a risk.</summary>
    TrustWarden,
}

/// <summary>Addresses that instances get.</summary>
public sealed record NetworkSpec : Spec
{
    [JsonIgnore]
    public override string Kind => "Network";

    /// <summary>IPv4, "10.77.0.0/16".</summary>
    public required string Cidr { get; init; }

    public string? Gateway { get; init; }

    /// <summary>
    /// First and last address given to instances; default: all of the CIDR but the first ten and the last.
    /// </summary>
    public string? RangeFirst { get; init; }

    public string? RangeLast { get; init; }
}

/// <summary>Storage that nodes share.</summary>
public sealed record DatastoreSpec : Spec
{
    [JsonIgnore]
    public override string Kind => "Datastore";

    /// <summary>True when the storage itself refuses a fenced writer (SAFETY: enforcing storage).</summary>
    public bool Enforcing { get; init; }
}

/// <summary>A known-good OS image on a datastore.</summary>
public sealed record ImageSpec : Spec
{
    [JsonIgnore]
    public override string Kind => "Image";

    public required string Datastore { get; init; }

    /// <summary>Paths below the datastore. Either kernel and initrd, or base alone (boots through firmware).</summary>
    public string? Kernel { get; init; }

    public string? Initrd { get; init; }

    /// <summary>A qcow2 file; role disks overlay it.</summary>
    public string? Base { get; init; }

    public string Arguments { get; init; } = "";
}

/// <summary>Cluster-wide numbers of SAFETY.md and the ladder; one object named "default".</summary>
public sealed record PolicySpec : Spec
{
    [JsonIgnore]
    public override string Kind => "Policy";

    public LivenessPolicy Liveness { get; init; } = new();

    public HealingPolicy Healing { get; init; } = new();

    public RecoveryPolicy Recovery { get; init; } = new();

    public PlacementPolicy Placement { get; init; } = new();

    public MaintenancePolicy Maintenance { get; init; } = new();

    public NodeLifePolicy NodeLife { get; init; } = new();

    /// <summary>Rules that decide as always and only say what they would do.</summary>
    public ImmutableArray<AutomationRule> Observe { get; init => field = value.IsDefault ? [] : value; } = [];

    public PredictionPolicy Prediction { get; init; } = new();
}

/// <summary>How silence is judged.</summary>
public sealed record LivenessPolicy
{
    /// <summary>Silence after which evidence is gathered; 1 s to 1 min, at least two heartbeats.</summary>
    public TimeSpan SuspectAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Silence after which a verdict is reached; more than suspectAfter, at most 10 min.</summary>
    public TimeSpan LostAfter { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>
    /// How long a cut-off node that still runs leaveRunning instances is left before it is fenced; null: never.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public TimeSpan? CutOffAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Addresses of the management network that every node asks each second, 10 at most: what tells one that has lost
    /// its network from one that is cut off from its controller alone.
    /// </summary>
    public ImmutableArray<string> IsolationAddresses { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary>How far repair goes before it escalates.</summary>
public sealed record HealingPolicy
{
    /// <summary>Resets in place per window before the instance is redeployed; 0 to 100.</summary>
    public int Resets { get; init; } = 3;

    /// <summary>1 min to 24 h.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Guest silence with no I/O that makes it hung; 5 s to 1 h.</summary>
    public TimeSpan HangWait { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long an instance may be without a disk before it is moved to a node that reaches it, where there is one;
    /// 10 s to 24 h; null: it waits for its datastore for ever.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public TimeSpan? StorageWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether a node that an order of ours has switched off is powered on again; else a person does that.
    /// </summary>
    public bool PowerOn { get; init; } = true;
}
