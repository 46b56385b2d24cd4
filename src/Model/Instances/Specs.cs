using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Havm.Model;

/// <summary>
/// Instances spread over fault and update domains, so that one failure or one update step costs one of them.
/// </summary>
public sealed record AvailabilitySetSpec : Spec
{
    [JsonIgnore]
    public override string Kind => "AvailabilitySet";

    /// <summary>Fault domains to spread over, 1 up to the racks there are.</summary>
    public int FaultDomains { get; init; } = 2;

    /// <summary>Update domains, 1 to 20.</summary>
    public int UpdateDomains { get; init; } = 5;
}

/// <summary>What both kinds of instances have in common.</summary>
public sealed record InstanceTemplate
{
    /// <summary>1 to 256.</summary>
    public required int Vcpus { get; init; }

    /// <summary>16 MiB to 16 TiB.</summary>
    public required Bytes Memory { get; init; }

    public required string Image { get; init; }

    /// <summary>Networks it has a card on, in order.</summary>
    public ImmutableArray<string> Networks { get; init; } = [];

    public string? AvailabilitySet { get; init; }

    /// <summary>1 restarts first, 5 last.</summary>
    public int Priority { get; init; } = 3;

    /// <summary>What is to stand before it is started; 16 at most.</summary>
    public ImmutableArray<Dependency> DependsOn { get; init => field = value.IsDefault ? [] : value; } = [];

    public GuestAgentKind GuestAgent { get; init; }

    public MonitoringMode Monitoring { get; init; } = MonitoringMode.Vm;

    /// <summary>What is kept of its incidents beyond the usual; null: nothing.</summary>
    public EvidenceWishes? Evidence { get; init; }

    /// <summary>Null: leaveRunning where every node has a BMC or the datastores enforce, else pause.</summary>
    public IsolationPolicy? Isolation { get; init; }

    public GuestApplication? Application { get; init; }

    /// <summary>Null: the cluster's.</summary>
    public RetryPolicy? Retries { get; init; }

    /// <summary>Null: the cluster's.</summary>
    public RecoveryMode? Recovery { get; init; }

    /// <summary>
    /// Whether it is moved back to a node that its pins prefer, once that takes seats again. Until live migration
    /// exists the move is a cold one: it restarts.
    /// </summary>
    public bool Failback { get; init; }
}

/// <summary>What is kept of a guest's incidents beyond console, screen and QEMU's log.</summary>
public sealed record EvidenceWishes
{
    /// <summary>The memory of a guest that hung or panicked, with every secret that it holds.</summary>
    public bool GuestDump { get; init; }

    /// <summary>1 s to 10 min; what is not complete by then is deleted, and the guest is repaired.</summary>
    public TimeSpan DumpWithin { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>One VM that keeps its disks.</summary>
public sealed record VirtualMachineSpec : Spec
{
    [JsonIgnore]
    public override string Kind => "VirtualMachine";

    public required InstanceTemplate Template { get; init; }

    public ImmutableArray<DiskSpec> Disks { get; init; } = [];

    public WantedState Wanted { get; init; } = WantedState.Running;

    /// <summary>The node of its first start, if that can take it then; null: wherever placement puts it.</summary>
    public NodeName? FirstNode { get; init; }
}

/// <summary>A disk of a VirtualMachine.</summary>
public sealed record DiskSpec
{
    public required string Name { get; init; }

    public required string Datastore { get; init; }

    /// <summary>1 MiB to 64 TiB.</summary>
    public required Bytes Size { get; init; }

    /// <summary>An existing file below the datastore to use instead of a new one; null: made on first start.</summary>
    public string? ExistingFile { get; init; }
}

/// <summary>Roles of stateless instances that boot from a known-good image.</summary>
public sealed record ServiceSpec : Spec
{
    [JsonIgnore]
    public override string Kind => "Service";

    public required ImmutableArray<RoleSpec> Roles { get; init; }
}

public sealed record RoleSpec
{
    public required string Name { get; init; }

    public required RoleType Type { get; init; }

    /// <summary>0 to 1000. When it shrinks, the highest index leaves first.</summary>
    public required int Instances { get; init; }

    public required InstanceTemplate Template { get; init; }
}

public enum RoleType
{
    Web,
    Worker,
}
