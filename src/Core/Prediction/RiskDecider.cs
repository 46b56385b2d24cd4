using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Prediction;

/// <summary>
/// Nodes that will fail, by what their sensors say. It is taken on record and told; where the policy says so, a node
/// that will likely fail is put into quarantine, which a diagnosis ends.
/// </summary>
public static class RiskDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        var mode = cluster.Policy.Prediction.Mode;
        foreach (var node in cluster.Ledger.Nodes.Values)
        {
            // A node that this leader has not heard yet, or that is silent, says nothing about its sensors.
            var heard = cluster.HeardOf(node.Name);
            if (node.Phase != NodePhase.Up || heard.Boot != node.Boot || heard.Report is not { } report
                || (node.Risk is null && report.Wear.IsEmpty))
            {
                continue;
            }

            var risk = RiskRule.Judge(node.Name, report.Wear, cluster.Policy.Prediction, cluster.Wall);
            if (risk?.Level != node.Risk?.Level)
            {
                yield return Noted(node, risk);
            }

            if (risk is { Level: RiskLevel.Likely } && mode is PredictionMode.Cordon or PredictionMode.MoveAway
                && cluster.Policy.NodeLife is { Automatic: true, AtMost: > 0 }
                && node.Fit is NodeFitness.Fit or NodeFitness.Probation)
            {
                yield return Kept(cluster, node, risk, mode == PredictionMode.MoveAway);
            }
        }
    }

    private static Proposal Noted(NodeRecord node, RiskNote? risk) => risk switch
    {
        { Level: RiskLevel.Likely } => new Proposal(new NodeWillFail(node.Name, risk), risk.Why) { Notes = true },
        { } note => new Proposal(new NodeRiskMoved(node.Name, note), note.Why) { Notes = true },
        null => new Proposal(new NodeRiskMoved(node.Name, null), new Reason(
            "prediction", "riskOver", $"the sensors of {node.Name} say nothing any more")) { Notes = true },
    };

    private static Proposal Kept(Cluster cluster, NodeRecord node, RiskNote risk, bool left)
    {
        var why = new Reason("prediction", "quarantine",
            $"{risk.Why.Message}: it takes no new instances"
                + (left ? ", those on it move away, each with a restart, and it is diagnosed" : ", and is diagnosed"))
        {
            Evidence = risk.Why.Evidence,
        };
        var note = new FitnessNote(NodeFitness.Quarantine, why, cluster.Wall, FitnessCause.Automation)
        {
            ForRisk = true,
        };
        return new Proposal(new NodeFitnessMoved(node.Name, note), why);
    }
}
