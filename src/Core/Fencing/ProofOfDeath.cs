using System.Collections.Immutable;
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
    /// generation, and a complete inventory lacks it. A half inventory proves nothing.
    /// </summary>
    public static ProofOfDeath? FromReport(InstanceName instance, WithdrawnSeat seat, NodeRecord node, NodeHeard heard)
    {
        if (heard.Report is not { InventoryComplete: true } report || seat.Boot != node.Boot)
        {
            return null;
        }

        var acknowledged = report.GoalRevision >= seat.Revision && report.GoalEpoch >= seat.Epoch;
        var floor = report.Floors.Any(f => f.Instance == instance && f.Generation >= seat.Generation);
        var gone = !report.Instances.Any(i => i.Instance == instance && i.Generation <= seat.Generation && MayRun(i));
        return acknowledged && floor && gone
            ? new ProofOfDeath(seat, ProofMethod.Report, new Reason(
                "fencing", "provenByReport",
                $"{seat.Node} reports goal {report.GoalRevision} done, floor {seat.Generation} raised, and no {instance} in a complete inventory"))
            : null;
    }

    /// <summary>A later boot of the node is on record, or the boot it sat on is proven off.</summary>
    public static ProofOfDeath? FromBoot(WithdrawnSeat seat, NodeRecord node)
    {
        if (seat.Boot is not { } boot)
        {
            return null;
        }

        if (node.PastBoots.Contains(boot))
        {
            return new ProofOfDeath(seat, ProofMethod.NewBoot, new Reason(
                "fencing", "provenByBoot", $"{seat.Node} has booted again since: boot {boot} and all it ran are gone"));
        }

        return node.Phase == NodePhase.Dead && node.Boot == boot
            ? new ProofOfDeath(seat, ProofMethod.NodeOff, node.Why)
            : null;
    }

    /// <summary>A seat on a node that was never heard in any boot was never run.</summary>
    public static ProofOfDeath? FromNeverRun(WithdrawnSeat seat, NodeRecord node) =>
        seat.Boot is null && node.Boot is null && node.PastBoots.IsEmpty
            ? new ProofOfDeath(seat, ProofMethod.NeverRun, new Reason(
                "fencing", "provenNeverRun", $"{seat.Node} has never been heard, so it never took the seat"))
            : null;

    /// <summary>
    /// The lease: T has passed since the last answer that could renew it and since this leader took office, and a
    /// watchdog independent of the node's scheduling stands behind it, or the operator trusts the warden alone.
    /// </summary>
    public static ProofOfDeath? FromLease(
        WithdrawnSeat seat, IsolationPolicy policy, bool backed, NodeHeard heard, Office office, Instant now)
    {
        if (!backed || LeaseTerms.Default.T(policy) is not { } wait)
        {
            return null;
        }

        var from = heard.LeaseAnswered is { } answered ? Instant.Max(answered, office.Since) : office.Since;
        return now - from >= wait
            ? new ProofOfDeath(seat, ProofMethod.Lease, new Reason(
                "fencing", "provenByLease",
                $"the lease of {seat.Node} was last renewed {(now - from).TotalSeconds:0.0} s ago; from {wait.TotalSeconds:0} s on nothing with policy {policy} can still run there"))
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
    NeverRun,
    Lease,
}

/// <summary>The evidence that one boot of a node is off.</summary>
public sealed record BootProof
{
    private BootProof(BootId boot, Reason reason)
    {
        Boot = boot;
        Reason = reason;
    }

    public BootId Boot { get; }

    public Reason Reason { get; }

    /// <summary>
    /// Two readings Off, both asked after the last word of that boot. Off while beats still arrive is a lying BMC and
    /// proves nothing.
    /// </summary>
    public static BootProof? FromPower(NodeRecord node, NodeHeard heard)
    {
        if (node.Boot is not { } boot)
        {
            return null;
        }

        var off = heard.Power
            .Where(p => p.Boot == boot && (heard.Last is not { } last || p.AskedAt > last))
            .ToImmutableArray();
        return off.Length >= 2 && off[^1].State == PowerState.Off && off[^2].State == PowerState.Off
            ? new BootProof(boot, new Reason(
                "fencing", "provenByPower", $"the BMC of {node.Name} says Off, read twice after the last word of boot {boot}"))
            : null;
    }

    /// <summary>
    /// The operator's word for one boot, refused (null) while any fresh evidence of it exists.
    /// </summary>
    public static BootProof? FromOperator(NodeRecord node, NodeHeard heard, BootId boot, string actor, TimeSpan silence) =>
        node.Boot == boot && node.Phase == NodePhase.Lost && !heard.Power.Any(p => p.State == PowerState.On && p.Boot == boot && p == heard.Power[^1])
            ? new BootProof(boot, new Reason(
                "fencing", "provenByOperator", $"{actor} states that boot {boot} of {node.Name}, silent for {silence.TotalSeconds:0} s, is not running"))
            : null;
}
