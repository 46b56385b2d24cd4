using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Prediction;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.NodeLife;

/// <summary>
/// Has nodes looked at that are to be trusted again, takes their answers, and does not wait for one for ever. What
/// follows from a diagnosis is for <see cref="FitnessDecider"/>.
/// </summary>
public static class DiagnosisDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        foreach (var node in cluster.Ledger.Nodes.Values)
        {
            if (node.Fitness is null)
            {
                continue;
            }

            var proposal = DiagnosisRule.Of(node) is { Outcome: DiagnosisOutcome.Running } running
                ? End(cluster, node, running)
                : DiagnosisRule.IsDue(cluster, node) && IsEmptied(cluster, node) ? Order(cluster, node) : null;
            if (proposal is not null)
            {
                yield return proposal;
            }
        }
    }

    /// <summary>
    /// Who is being emptied is looked at when nothing sits there any more, or when that has taken long.
    /// </summary>
    private static bool IsEmptied(Cluster cluster, NodeRecord node) =>
        !RiskRule.IsLeft(cluster, node)
        || cluster.Wall - node.Fitness!.Since >= cluster.Policy.NodeLife.DiagnoseAgain
        || !cluster.Ledger.Instances.Touching(node.Name).Any();

    private static Proposal Order(Cluster cluster, NodeRecord node)
    {
        var why = new Reason("nodeLife", "diagnosisOrdered",
            $"{node.Name} looks at itself before it is trusted again; its answer is due within "
                + $"{FitnessRule.Span(cluster.Policy.NodeLife.DiagnoseWithin)}");
        return new Proposal(new DiagnosisOrdered(node.Name, DiagnosisRule.Draft(cluster, node, why)), why);
    }

    private static Proposal? End(Cluster cluster, NodeRecord node, DiagnosisNote running)
    {
        var heard = cluster.HeardOf(node.Name);
        if (node.Phase == NodePhase.Up && heard.Boot == node.Boot
            && heard.Report?.Diagnosis is { } told && told.Id == running.Id)
        {
            ImmutableArray<DiagnosisFinding> all =
            [
                .. told.Findings, .. DiagnosisRule.SeenFromHere(node, heard), .. RiskRule.Finding(node),
            ];
            return Ended(cluster, node, DiagnosisRule.Outcome(told.Findings, all), all);
        }

        return cluster.Wall >= running.Due || WallTime.IsAhead(running.OrderedAt, cluster.Wall)
            ? Ended(cluster, node, DiagnosisOutcome.Unanswered, [])
            : null;
    }

    private static Proposal Ended(
        Cluster cluster, NodeRecord node, DiagnosisOutcome outcome, ImmutableArray<DiagnosisFinding> findings)
    {
        var why = outcome switch
        {
            DiagnosisOutcome.Passed => new Reason("nodeLife", "diagnosisPassed",
                $"the diagnosis of {node.Name} found nothing bad"),
            DiagnosisOutcome.Failed => Failed(node, findings),
            _ => new Reason("nodeLife", "diagnosisUnanswered",
                (findings.IsEmpty
                    ? $"{node.Name} has not answered its diagnosis in time"
                    : $"the diagnosis of {node.Name} could tell nothing: {Text(findings, DiagnosisResult.CannotTell)}")
                + $": it is made again in {FitnessRule.Span(cluster.Policy.NodeLife.DiagnoseAgain)}, or "
                + $"`havm node return {node.Name} --without-diagnosis` does without"),
        };
        return new Proposal(new DiagnosisEnded(node.Name, outcome, findings, why, cluster.Wall), why) { Notes = true };
    }

    private static Reason Failed(NodeRecord node, ImmutableArray<DiagnosisFinding> findings) =>
        new("nodeLife", "diagnosisFailed",
            $"the diagnosis of {node.Name} failed: {Text(findings, DiagnosisResult.Fail)}")
        {
            Evidence =
            [
                .. findings.Where(finding => finding.Result == DiagnosisResult.Fail)
                    .Select(finding => new Evidence("diagnosis", DiagnosisRule.Text(finding))),
            ],
        };

    /// <summary>The first of them in words.</summary>
    private static string Text(ImmutableArray<DiagnosisFinding> findings, DiagnosisResult result)
    {
        var first = findings.First(finding => finding.Result == result);
        var more = findings.Count(finding => finding.Result == result) - 1;
        return DiagnosisRule.Text(first) + (more > 0 ? $", and {more} more" : "");
    }
}
