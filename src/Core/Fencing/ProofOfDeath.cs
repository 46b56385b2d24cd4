using System.Collections.Immutable;
using Havm.Core.Disarming;
using Havm.Core.Leases;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Fencing;

/// <summary>
/// The evidence that every generation of an instance up to one of its seats is not running. It cannot be made but from
/// facts that prove it: each maker below checks its own and answers null when they do not (SAFETY: proofs of death).
/// </summary>
public sealed record ProofOfDeath
{
    private ProofOfDeath(WithdrawnSeat seat, ProofMethod method, Reason reason)
    {
        Node = seat.Node;
        Generation = seat.Generation;
        Method = method;
        Reason = reason;
    }

    public NodeName Node { get; }

    public Generation Generation { get; }

    public ProofMethod Method { get; }

    public Reason Reason { get; }

    public bool Covers(WithdrawnSeat seat) => seat.Node == Node && seat.Generation <= Generation;

    /// <summary>
    /// The node's own word: it has made durable a goal that no longer holds the seat, its floor stands at or above the
    /// generation, and a complete inventory lacks it. Half an inventory proves nothing, and neither does an old one.
    /// </summary>
    public static ProofOfDeath? FromReport(InstanceName instance, WithdrawnSeat seat, NodeRecord node, NodeHeard heard)
    {
        if (heard.Inventory is not { } report || seat.Boot != node.Boot || seat.Boot != heard.Boot)
        {
            return null;
        }

        var acknowledged = report.GoalRevision >= seat.Revision && report.GoalEpoch >= seat.Epoch;
        var floor = report.Floors.Any(f => f.Instance == instance && f.Generation >= seat.Generation);
        var gone = !report.Instances.Any(i => i.Instance == instance && i.Generation <= seat.Generation && MayRun(i));
        return acknowledged && floor && gone
            ? new ProofOfDeath(seat, ProofMethod.Report, new Reason(
                "fencing", "provenByReport",
                $"{seat.Node} reports goal {report.GoalRevision} done, floor {seat.Generation} raised, "
                    + $"and no {instance} in a complete inventory"))
            : null;
    }

    /// <summary>A later boot of the node is on record, or the boot it sat on is proven off.</summary>
    public static ProofOfDeath? FromBoot(WithdrawnSeat seat, NodeRecord node)
    {
        if (node.PastBoots.Contains(seat.Boot))
        {
            return new ProofOfDeath(seat, ProofMethod.NewBoot, new Reason(
                "fencing", "provenByBoot",
                $"{seat.Node} has booted again since: boot {seat.Boot} and all it ran are gone"));
        }

        return node.IsOver(seat.Boot) ? new ProofOfDeath(seat, ProofMethod.NodeOff, node.Why) : null;
    }

    /// <summary>
    /// Storage refuses what the boot writes, for every disk of the instance, and it has one at least: what has none
    /// could go on unharmed. An older generation there had other disks, for all that is known.
    /// </summary>
    /// <param name="named">By what storage takes the node's writes, as its object names it now.</param>
    public static ProofOfDeath? FromStorage(
        Instance instance, WithdrawnSeat seat, NodeRecord node, NodeHeard heard, ImmutableArray<FenceMethod> named)
    {
        if (node is not { Phase: NodePhase.Lost, Cut: { Refusing.IsEmpty: false } cut } || cut.Boot != seat.Boot
            || cut.Boot != node.Boot || seat.Datastores.IsEmpty
            || instance.Unproven.Any(older => older.Node == seat.Node && older.Generation < seat.Generation))
        {
            return null;
        }

        var refused = seat.Datastores.All(d => cut.Refusing.Contains(d) && cut.WaysTo(d, named)
            .All(m => cut.WasTakenBy(m) && heard.CutBy(m).Power is [.., { State: PowerState.Off }]));
        return refused
            ? new ProofOfDeath(seat, ProofMethod.Storage, new Reason(
                "fencing", "provenByStorage",
                $"{string.Join(", ", seat.Datastores)}, where all disks of {instance.Name} lie, refuses what boot "
                    + $"{cut.Boot} of {node.Name} writes"))
            : null;
    }

    /// <summary>
    /// The lease: T has passed since the last answer that could renew it, since this leader took office, and since the
    /// last long lease surely ended everywhere; no node may be disarmed, and heed no lease; and a watchdog independent
    /// of the node's scheduling stands behind it, or the operator trusts the warden alone. It is the seat's policy that
    /// counts: of one that was edited since, the node may know nothing.
    /// </summary>
    public static ProofOfDeath? FromLease(WithdrawnSeat seat, bool backed, Cluster cluster, Instant now)
    {
        if (!backed || DisarmRule.VoidsLeases(cluster.Ledger)
            || LeaseTerms.Default.T(seat.Isolation) is not { } wait)
        {
            return null;
        }

        var renewed = cluster.HeardOf(seat.Node).LeaseAnswered ?? cluster.Office.Since;
        var from = Instant.Max(renewed, Instant.Max(cluster.Office.Since, LongLeaseRule.EndsAt(cluster)));
        return now - from >= wait
            ? new ProofOfDeath(seat, ProofMethod.Lease, new Reason(
                "fencing", "provenByLease",
                $"the lease of {seat.Node} can have been renewed {(now - from).TotalSeconds:0.0} s ago at the latest; "
                    + $"from {wait.TotalSeconds:0} s on nothing with policy {seat.Isolation} can still run there"))
            : null;
    }

    /// <summary>
    /// Whether lease expiry on this node can prove anything. A watchdog that was configured but never seen armed does
    /// not count.
    /// </summary>
    public static bool LeaseIsBacked(NodeSpec? spec, NodeRecord node) => spec?.Watchdog switch
    {
        WatchdogKind.TrustWarden => true,
        WatchdogKind.Independent => node.WatchdogArmed,
        WatchdogKind.None or null => false,
    };

    private static bool MayRun(InstanceReport instance) =>
        instance.Pid != 0 || instance.Phase is not (MachinePhase.Stopped or MachinePhase.GaveUp);
}

public enum ProofMethod
{
    Report,
    NewBoot,
    NodeOff,
    Storage,
    Lease,
}
