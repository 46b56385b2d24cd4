using System.Collections.Immutable;
using System.Globalization;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Prediction;

/// <summary>What readings of sensors say of a node's future.</summary>
public static class RiskRule
{
    /// <summary>A count is watched from this share of the figure on that makes failing likely.</summary>
    private const int WatchShare = 10;

    /// <summary>How likely one reading makes it that the node fails.</summary>
    public static RiskLevel Of(WearReading reading, PredictionPolicy policy) => reading.Kind switch
    {
        WearKind.MemoryCorrected => Counted(reading.Lately, policy.CorrectedErrors),
        WearKind.MemoryUncorrected => reading.Count > 0 ? RiskLevel.Likely : RiskLevel.None,
        WearKind.MachineCheck => reading.Lately > 0 ? RiskLevel.Watch : RiskLevel.None,
        WearKind.DiskFailing => RiskLevel.Likely,
        WearKind.DiskSectors => Counted(reading.Count, policy.DiskSectors),
        WearKind.DiskErrors => Counted(reading.Lately, policy.DiskErrors),
        WearKind.LinkErrors => reading.Lately >= policy.LinkErrors ? RiskLevel.Watch : RiskLevel.None,

        // What has a spare, or is of the room and not of the machine, is no reason to empty it.
        WearKind.Overheated or WearKind.FanFailed or WearKind.PowerFailed => RiskLevel.Watch,
    };

    /// <summary>The note that its readings make; null: they say nothing.</summary>
    public static RiskNote? Judge(
        NodeName node, ImmutableArray<WearReading> wear, PredictionPolicy policy, DateTimeOffset wall)
    {
        if (policy.Mode == PredictionMode.Off || wear.IsEmpty)
        {
            return null;
        }

        var bad = wear.Select(reading => (Level: Of(reading, policy), Reading: reading))
            .Where(one => one.Level != RiskLevel.None).OrderByDescending(one => one.Level).ToList();
        if (bad is not [var worst, ..])
        {
            return null;
        }

        var text = Text(worst.Reading);
        var why = worst.Level == RiskLevel.Likely
            ? new Reason("prediction", "nodeWillFail", $"{node} will likely fail: {text}; {Remedy(worst.Reading.Kind)}")
            : new Reason("prediction", "nodeWears", $"{node} is watched: {text}; {Remedy(worst.Reading.Kind)}");
        return new RiskNote(
            worst.Level,
            why with { Evidence = [.. bad.Select(one => new Evidence("sensors", Text(one.Reading)))] },
            wall);
    }

    /// <summary>It is kept away from seats for as long as its sensors say so.</summary>
    public static bool Keeps(Cluster cluster, NodeRecord node) => node.Risk is { Level: RiskLevel.Likely }
        && cluster.Policy.Prediction.Mode is PredictionMode.Cordon or PredictionMode.MoveAway;

    /// <summary>It is to be emptied, because it will likely fail and the policy says so.</summary>
    public static bool IsLeft(Cluster cluster, NodeRecord node) =>
        cluster.Policy.Prediction.Mode == PredictionMode.MoveAway
        && node is { Phase: NodePhase.Up, Risk.Level: RiskLevel.Likely, Fitness.ForRisk: true };

    /// <summary>
    /// What became of a node that was to fail; null: it is still to, or a person has not given it back yet. Sensors
    /// that say a little less than that are believed after `nodeLife.probation`, those that say nothing at once.
    /// </summary>
    public static string? End(Cluster cluster, NodeRecord node) => node switch
    {
        { Fit: NodeFitness.Retired } => "the node is retired",
        { Risk.Level: RiskLevel.Likely } or { Fit: NodeFitness.OutForRepair } or { Fitness.ForRisk: true } => null,
        { Risk: { } less } when cluster.Wall - less.Since < cluster.Policy.NodeLife.Probation => null,
        _ => "its sensors do not say so any more, and it takes instances again",
    };

    /// <summary>What its sensors add to a diagnosis.</summary>
    public static IEnumerable<DiagnosisFinding> Finding(NodeRecord node)
    {
        if (node.Risk is { Level: RiskLevel.Likely } risk)
        {
            yield return new DiagnosisFinding(
                "sensors", "", DiagnosisResult.Fail, risk.Why.Evidence[0].Message, "") { Hardware = true };
        }
    }

    /// <summary>"mc0: 120 memory errors were corrected within the last hour".</summary>
    public static string Text(WearReading reading)
    {
        var (count, lately) = (Figure(reading.Count), Figure(reading.Lately));
        return $"{reading.Of}: " + reading.Kind switch
        {
            WearKind.MemoryCorrected => $"{lately} memory errors were corrected within the last hour",
            WearKind.MemoryUncorrected => $"{count} memory errors could not be corrected since it booted",
            WearKind.MachineCheck => $"{lately} machine checks within the last hour",
            WearKind.DiskFailing => "the disk says of itself that it fails",
            WearKind.DiskSectors => $"{count} sectors were reallocated or cannot be read",
            WearKind.DiskErrors => $"{lately} I/O errors within the last hour",
            WearKind.LinkErrors => $"{lately} bad frames within the last hour",
            WearKind.Overheated => "it is at its critical temperature",
            WearKind.FanFailed => "a fan stands still",
            WearKind.PowerFailed => "a power supply has failed",
        };
    }

    private static string Remedy(WearKind kind) => kind switch
    {
        WearKind.MemoryCorrected or WearKind.MemoryUncorrected => "have the memory module replaced",
        WearKind.MachineCheck => "look at its kernel's log (`journalctl -k`)",
        WearKind.DiskFailing or WearKind.DiskSectors or WearKind.DiskErrors => "have the disk replaced",
        WearKind.LinkErrors => "look at the cable and at the switch's port",
        WearKind.Overheated => "look at its air flow and its room",
        WearKind.FanFailed => "have the fan replaced",
        WearKind.PowerFailed => "have the power supply, or its feed, looked at",
    };

    private static RiskLevel Counted(long count, int likely) =>
        count >= likely ? RiskLevel.Likely
        : count > 0 && count * WatchShare >= likely ? RiskLevel.Watch
        : RiskLevel.None;

    private static string Figure(long count) => count.ToString(CultureInfo.InvariantCulture);
}
