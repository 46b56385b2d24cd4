using Havm.Runtime.Node;
using Havm.Runtime.Ports;

namespace Havm.Warden;

/// <summary>Everything of the world the warden's loop touches.</summary>
public sealed record WardenPorts
{
    public required IClock Clock { get; init; }

    public required IMachineCgroups Cgroups { get; init; }

    public required IVcpuSwitch Switch { get; init; }

    public required IWatchdog Watchdog { get; init; }

    public required IReadOnlyList<INodeLink> Links { get; init; }

    public required IReadOnlyList<DatastoreBeater> Datastores { get; init; }

    public required ReachProbe Reach { get; init; }

    public required LedgerFile Ledger { get; init; }

    public required LeaseNote Lease { get; init; }

    public required DecisionLog Log { get; init; }
}
