using System.Collections.Immutable;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.NodeLife;

/// <summary>Which nodes are to be looked at before they are trusted again, and what their findings come to.</summary>
public static class DiagnosisRule
{
    /// <summary>A host may look for half of the time in which its answer is due: the rest is for its way.</summary>
    private const int HostShare = 2;

    /// <summary>
    /// The last diagnosis, if it is of this boot and of what the node serves now, as far as clocks can tell: one that
    /// seemed to be of before that would be ordered anew with every commit.
    /// </summary>
    public static DiagnosisNote? Of(NodeRecord node) =>
        node is { Fitness: { } fitness, Diagnosis: { } note }
        && (note.EndedAt ?? note.OrderedAt) >= fitness.Since - WallTime.Slack
        && (note.Boot == node.Boot || note.Outcome == DiagnosisOutcome.Waived)
            ? note
            : null;

    /// <summary>It was looked at and something was found bad: it takes no seat before that is mended.</summary>
    public static bool HasFailed(NodeRecord node) => Of(node) is { Outcome: DiagnosisOutcome.Failed };

    /// <summary>Nothing that a diagnosis would tell keeps it from being fit.</summary>
    public static bool IsThrough(NodeRecord node, NodeLifePolicy policy) =>
        !policy.Diagnose || Of(node) is { Outcome: DiagnosisOutcome.Passed or DiagnosisOutcome.Waived };

    /// <summary>
    /// Only a diagnosis ends it, in probation and in a quarantine without an end: none was made yet, or the last
    /// settled nothing that may not have changed since.
    /// </summary>
    public static bool IsDue(Cluster cluster, NodeRecord node)
    {
        var policy = cluster.Policy.NodeLife;
        if (!policy.Diagnose || node is not { Phase: NodePhase.Up, Boot: not null, Fitness: { } fitness }
            || !(fitness.Is == NodeFitness.Probation || IsEndless(fitness)))
        {
            return false;
        }

        return Of(node) is not { } last
            || (last is { Outcome: DiagnosisOutcome.Failed or DiagnosisOutcome.Unanswered, EndedAt: { } ended }
                && (cluster.Wall - ended >= policy.DiagnoseAgain || WallTime.IsAhead(ended, cluster.Wall)));
    }

    /// <summary>A quarantine that a diagnosis ends, and no time.</summary>
    public static bool IsEndless(FitnessNote fitness) => fitness is { Is: NodeFitness.Quarantine, Until: null };

    public static DiagnosisNote Draft(Cluster cluster, NodeRecord node, Reason why)
    {
        var limit = cluster.Policy.NodeLife.DiagnoseWithin;
        return new DiagnosisNote(0, node.Boot, why, cluster.Wall, limit / HostShare, cluster.Wall + limit);
    }

    /// <summary>An operator does without one; also for a boot that is yet to come.</summary>
    public static DiagnosisNote Waived(Cluster cluster, Reason why) =>
        new(0, null, why, cluster.Wall, TimeSpan.Zero, cluster.Wall)
        {
            Outcome = DiagnosisOutcome.Waived,
            EndedAt = cluster.Wall,
        };

    /// <summary>What the controller itself sees of the node, in the words of a diagnosis.</summary>
    public static IEnumerable<DiagnosisFinding> SeenFromHere(NodeRecord node, NodeHeard heard)
    {
        // That it could not be fenced, or that its logs tell another time, keeps no instance down.
        yield return Ailing(node, NodeAilmentKind.FenceSilent) is { } silent
            ? Of("bmc", DiagnosisResult.CannotTell, silent)
            : heard.Rungs.Any(rung => rung.Power is [.., { State: PowerState.On, Trouble: "" }])
                ? Of("bmc", DiagnosisResult.Pass, "its power is read, of the machine that is meant")
                : Of("bmc", DiagnosisResult.CannotTell, "no fence method has stated its power yet");
        yield return (Ailing(node, NodeAilmentKind.LossyLink) ?? Ailing(node, NodeAilmentKind.Deaf)) is { } link
            ? Of("link", DiagnosisResult.Fail, link)
            : Of("link", DiagnosisResult.Pass, "its words arrive here, and ours there");
        yield return Ailing(node, NodeAilmentKind.ClockOff) is { } clock
            ? Of("offset", DiagnosisResult.CannotTell, clock)
            : Of("offset", DiagnosisResult.Pass, "its wall clock is close to the controller's");
    }

    public static DiagnosisOutcome Outcome(ImmutableArray<DiagnosisFinding> told, IEnumerable<DiagnosisFinding> all) =>
        all.Any(finding => finding.Result == DiagnosisResult.Fail) ? DiagnosisOutcome.Failed
        : told.Any(finding => finding.Result == DiagnosisResult.Pass) ? DiagnosisOutcome.Passed
        : DiagnosisOutcome.Unanswered;

    /// <summary>"memory 0: 3 errors that could not be corrected; replace the module".</summary>
    public static string Text(DiagnosisFinding finding) =>
        $"{finding.Check}{(finding.Of.Length > 0 ? $" {finding.Of}" : "")}: {finding.Message}"
        + (finding.Remedy.Length > 0 ? $"; {finding.Remedy}" : "");

    private static string? Ailing(NodeRecord node, NodeAilmentKind kind)
    {
        foreach (var ailment in node.Ailments)
        {
            if (ailment.Kind == kind)
            {
                return ailment.Message;
            }
        }

        return null;
    }

    private static DiagnosisFinding Of(string check, DiagnosisResult result, string message) =>
        new(check, "", result, message, "");
}
