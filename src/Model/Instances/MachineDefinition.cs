using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Havm.Model;

/// <summary>Everything a host needs to run one instance, with names resolved: it rides in the goal.</summary>
public sealed record MachineDefinition
{
    public required InstanceName Instance { get; init; }

    /// <summary>Virtual CPUs, 1 to 256.</summary>
    public required int Vcpus { get; init; }

    public required Bytes Memory { get; init; }

    public required BootSource Boot { get; init; }

    public ImmutableArray<DiskDefinition> Disks { get; init; } = [];

    public ImmutableArray<NicDefinition> Nics { get; init; } = [];

    /// <summary>What the guest agent runs and probes; null when the guest looks after itself.</summary>
    public GuestApplication? Application { get; init; }

    /// <summary>Which guest agent speaks for the guest.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public GuestAgentKind GuestAgent { get; init; }

    public MonitoringMode Monitoring { get; init; } = MonitoringMode.Vm;

    public IsolationPolicy Isolation { get; init; } = IsolationPolicy.LeaveRunning;

    public RepairLimits Repair { get; init; } = new();

    /// <summary>
    /// Longest time that a dump of its memory may take once it hung or panicked, before it is repaired; null: none is
    /// made.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TimeSpan? DumpWithin { get; init; }

    /// <summary>Somebody in the guest is to say that it is ready; else running is as well as can be told.</summary>
    [JsonIgnore]
    public bool SaysReady => Application is not null || GuestAgent == GuestAgentKind.Qemu;

    /// <summary>The datastore of the first file that it needs and that the test picks; null: of none.</summary>
    public string? DatastoreWhere(Predicate<string> picks)
    {
        foreach (var disk in Disks)
        {
            if (picks(disk.File.Datastore))
            {
                return disk.File.Datastore;
            }
        }

        return Boot.Kernel is { } kernel && picks(kernel.Datastore) ? kernel.Datastore : null;
    }
}

/// <summary>Which guest agent speaks for a guest.</summary>
public enum GuestAgentKind
{
    /// <summary>Havm's own, which runs and probes an application too; a guest may do without it.</summary>
    Havm,

    /// <summary>The QEMU guest agent: it says that the guest lives, and shuts it down.</summary>
    Qemu,

    /// <summary>None: only the hypervisor's state tells anything.</summary>
    None,
}

/// <summary>What the machine boots from: a kernel and initrd on a datastore, or firmware and the first disk.</summary>
public sealed record BootSource
{
    /// <summary>Path below the datastore; null boots the first disk through the firmware.</summary>
    public FileOnDatastore? Kernel { get; init; }

    public FileOnDatastore? Initrd { get; init; }

    /// <summary>Further kernel arguments; address, instance and generation are added by the host.</summary>
    public string Arguments { get; init; } = "";
}

/// <summary>A file every node that reaches the datastore sees under the same relative path.</summary>
public sealed record FileOnDatastore(string Datastore, string Path);

/// <summary>One disk of an instance.</summary>
public sealed record DiskDefinition
{
    /// <summary>Unique inside the instance; becomes part of device names.</summary>
    public required string Name { get; init; }

    public required FileOnDatastore File { get; init; }

    public required DiskLife Life { get; init; }

    /// <summary>The known-good base it overlays; null for an empty disk.</summary>
    public FileOnDatastore? Base { get; init; }

    /// <summary>Virtual size; zero takes the base's.</summary>
    public Bytes Size { get; init; }
}

public enum DiskLife
{
    /// <summary>Thrown away at each start: a role boots from its known-good image.</summary>
    Fresh,

    /// <summary>Kept for as long as the instance exists.</summary>
    Kept,
}

/// <summary>One network card; MAC and address stay with the instance for life.</summary>
/// <param name="Network">The Network it is on.</param>
/// <param name="Mac">Lower case, colon separated.</param>
/// <param name="Address">IPv4 address with prefix length, "10.77.100.3/16".</param>
/// <param name="Gateway">IPv4 address, or null for none.</param>
public sealed record NicDefinition(string Network, string Mac, string Address, string? Gateway);

/// <summary>How far a host may go by itself before it hands the instance back to the controller.</summary>
public sealed record RepairLimits
{
    /// <summary>Resets in place per <see cref="Window"/>; 0 to 100.</summary>
    public int Resets { get; init; } = 3;

    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// A guest that ended, panicked or hangs is not restarted: the host only says that it would have been. Starts that
    /// failed are tried again all the same, and what a lease's end stopped starts with a fresh one.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ObserveOnly { get; init; }

    /// <summary>Tries in place after a start that failed; 0 to 1000. They do not count as resets.</summary>
    public int StartRetries { get; init; } = 1;

    /// <summary>Guest heartbeat silence together with no disk and network I/O that makes it hung; 5 s to 1 h.</summary>
    public TimeSpan HangWait { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long an instance may be without a disk before it counts as lost to the node, 10 s to 24 h; null: for ever.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public TimeSpan? StorageWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time from release to the first guest message before the start counts as failed; 10 s to 1 h.</summary>
    public TimeSpan StartDeadline { get; init; } = TimeSpan.FromMinutes(3);
}
