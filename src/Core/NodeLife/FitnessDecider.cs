using Havm.Core.Changes;
using Havm.Core.Prediction;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.NodeLife;

/// <summary>
/// Which nodes are trusted with new seats: who went too often is put into quarantine for a while, who comes back after
/// a failure serves probation first, and whom we could not power on is out for repair. Nothing that runs is touched.
/// </summary>
public static class FitnessDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        // A cluster without trouble costs one look at each record here, and nothing else.
        foreach (var node in cluster.Ledger.Nodes.Values)
        {
            if (node is { Fitness: null, Departures.IsEmpty: true, PowerOn.GivenUp: not true })
            {
                continue;
            }

            foreach (var proposal in About(cluster, node))
            {
                yield return proposal;
            }
        }
    }

    private static IEnumerable<Proposal> About(Cluster cluster, NodeRecord node)
    {
        if (node is { Phase: NodePhase.Up, Departures: [.., { BackAt: null } gone] })
        {
            return [CameBack(cluster, node, gone)];
        }

        if (node.Fitness is { } noted && WallTime.IsAhead(noted.Since, cluster.Wall))
        {
            return [BeginsNow(cluster, node, noted)];
        }

        var life = cluster.Policy.NodeLife;
        if (life.Automatic && node.Fit is (NodeFitness.Probation or NodeFitness.Quarantine)
            && DiagnosisRule.HasFailed(node)
            && Failed(cluster, node) is { } failed)
        {
            return [failed];
        }

        return node switch
        {
            { PowerOn.GivenUp: true, Phase: NodePhase.Dead } when life.Automatic => GivenUp(cluster, node),
            { Fitness: { } note } when note.Is is NodeFitness.Quarantine => Quarantined(cluster, node, note),
            { Fitness: { } note, Phase: NodePhase.Up } when note.Is is NodeFitness.Probation =>
                [.. TooOften(cluster, node), .. Proven(cluster, node, note)],
            { Fitness: null, Phase: NodePhase.Up } => TooOften(cluster, node),
            _ => [],
        };
    }

    /// <summary>It was noted by a clock that was ahead: nobody waits until that time comes.</summary>
    private static Proposal BeginsNow(Cluster cluster, NodeRecord node, FitnessNote noted)
    {
        var why = new Reason("nodeLife", "beginsNow",
            $"{node.Name} is {Word.Of(noted.Is)} since {noted.Since:u} by a clock that was ahead: that begins now");
        var note = noted with
        {
            Since = cluster.Wall,
            Until = noted.Until is { } until ? cluster.Wall + (until - noted.Since) : null,
        };
        return new Proposal(new NodeFitnessMoved(node.Name, note), why);
    }

    /// <summary>
    /// Of the same boot it kept what it ran, so nothing about it is new. A new boot has to show that it lasts.
    /// </summary>
    private static Proposal CameBack(Cluster cluster, NodeRecord node, NodeDeparture gone)
    {
        var life = cluster.Policy.NodeLife;
        var shared = FitnessRule.WentTogether(cluster.Ledger, gone);
        var serves = life.Automatic && !shared && node.Boot != gone.Boot && life.Probation > TimeSpan.Zero
            && node.Fitness is null or { Is: NodeFitness.Probation };
        var why = serves
            ? new Reason("nodeLife", "probation",
                $"{node.Name} is back after it went ({gone.Why.Message}): it takes instances that no other node can, "
                    + $"and any once it has been up for {life.Probation.TotalSeconds:0} s")
            : new Reason("nodeLife", "cameBack", shared
                ? $"{node.Name} is back; many nodes had gone together, so that is not held against it"
                : $"{node.Name} is back");

        // What it served before begins anew: it is to last.
        var note = serves ? Note(cluster, why, life.Probation)
            : node.Fitness is { Is: NodeFitness.Probation } old ? old with { Until = null }
            : null;
        return new Proposal(new NodeCameBack(node.Name, cluster.Wall, shared, note), why)
        {
            Told = serves,
        };
    }

    private static IEnumerable<Proposal> TooOften(Cluster cluster, NodeRecord node)
    {
        var life = cluster.Policy.NodeLife;
        var counted = life.Automatic && life.AtMost > 0 ? FitnessRule.Counted(node, life, cluster.Wall) : 0;
        if (counted < life.Departures)
        {
            yield break;
        }

        var why = new Reason("nodeLife", "quarantine",
            $"{node.Name} went {counted} times within {FitnessRule.Span(life.Within)}: it takes no new instances "
                + $"for {FitnessRule.Span(life.Quarantine)}")
        {
            Evidence =
            [
                .. node.Departures.Where(gone => gone.Counts && cluster.Wall - gone.At < life.Within)
                    .Select(gone => new Evidence("liveness", $"{gone.At:HH:mm:ss}Z: {gone.Why.Message}")),
            ],
        };
        var note = Note(cluster, why, life.Quarantine) with { Is = NodeFitness.Quarantine };
        yield return new Proposal(new NodeFitnessMoved(node.Name, note), why);
    }

    /// <summary>
    /// It ends by its time, or by a diagnosis where that is what it waits for, or when an instance would stay down for
    /// it that no other node can take. Then comes probation, in which a node is the last resort.
    /// </summary>
    private static IEnumerable<Proposal> Quarantined(Cluster cluster, NodeRecord node, FitnessNote note)
    {
        var looked = DiagnosisRule.IsEndless(note)
            && DiagnosisRule.IsThrough(node, cluster.Policy.NodeLife) && !RiskRule.Keeps(cluster, node);
        var over = looked || note.Until <= cluster.Wall;
        var needed = !over && note.By == FitnessCause.Automation && node.Phase == NodePhase.Up
            && !(DiagnosisRule.IsEndless(note) && DiagnosisRule.Of(node) is not null)
            ? Capacity.OnlyHere(cluster, node) : null;
        if (!over && needed is null)
        {
            yield break;
        }

        var why = new Reason("nodeLife", "probation", needed is { } instance
            ? $"{node.Name} leaves quarantine early: no other node can take {instance.Name}"
            : $"the quarantine of {node.Name} is over{(looked ? ", its diagnosis found nothing bad" : "")}: "
                + "probation follows");
        yield return new Proposal(new NodeFitnessMoved(node.Name, Note(cluster, why, null)), why);
    }

    /// <summary>Its time begins when it is up, and begins anew whenever it goes.</summary>
    private static IEnumerable<Proposal> Proven(Cluster cluster, NodeRecord node, FitnessNote note)
    {
        var life = cluster.Policy.NodeLife;
        if (note.By == FitnessCause.Automation && node.Departures is [.., { Counts: true } last]
            && FitnessRule.WentTogether(cluster.Ledger, last))
        {
            // The others were not back yet when this one was.
            var together = new Reason("nodeLife", "fit",
                $"{node.Name} takes instances as any node does: "
                    + "many nodes had gone with it, and that says nothing of it");
            yield return new Proposal(new DepartureExcused(node.Name), together);
        }
        else if (note.Until is null)
        {
            yield return new Proposal(new NodeFitnessMoved(node.Name, note with
            {
                Until = cluster.Wall + life.Probation,
            }), note.Why)
            {
                Told = false,
            };
        }
        else if (note.Until <= cluster.Wall && DiagnosisRule.IsThrough(node, life))
        {
            var why = new Reason("nodeLife", "fit",
                $"{node.Name} has been up for {FitnessRule.Span(life.Probation)}"
                    + $"{(life.Diagnose ? " and its diagnosis is through" : "")}: it takes instances as any node does");
            yield return new Proposal(new NodeFitnessMoved(node.Name, null), why);
        }
    }

    private static IEnumerable<Proposal> GivenUp(Cluster cluster, NodeRecord node)
    {
        if (node.Fit is NodeFitness.OutForRepair or NodeFitness.Retired)
        {
            yield break;
        }

        var why = new Reason("nodeLife", "outForRepair",
            $"{node.Name} is out for repair: {node.PowerOn!.Why?.Message ?? "it could not be powered on again"}");
        yield return new Proposal(
            new NodeFitnessMoved(node.Name, Note(cluster, why, null) with { Is = NodeFitness.OutForRepair }), why);
    }

    /// <summary>
    /// A part that is broken is for a person to replace. What else was found may be over at the next look: until then
    /// it is in quarantine. Null: it is there already.
    /// </summary>
    private static Proposal? Failed(Cluster cluster, NodeRecord node)
    {
        var found = node.Diagnosis!;
        var hardware = found.Findings.Any(f => f is { Hardware: true, Result: DiagnosisResult.Fail });
        if (!hardware && DiagnosisRule.IsEndless(node.Fitness!))
        {
            return null;
        }

        var why = hardware
            ? new Reason("nodeLife", "outForRepair", $"{node.Name} is out for repair: {found.Why.Message}")
            : new Reason("nodeLife", "quarantine",
                $"{found.Why.Message}: it takes no new instances, and is diagnosed again in "
                    + FitnessRule.Span(cluster.Policy.NodeLife.DiagnoseAgain));
        var note = Note(cluster, why with { Evidence = found.Why.Evidence }, null) with
        {
            Is = hardware ? NodeFitness.OutForRepair : NodeFitness.Quarantine,

            // The diagnosis is of this measure too: it began with what was found.
            Since = found.EndedAt!.Value,
            ForRisk = node.Fitness!.ForRisk,
        };
        return new Proposal(new NodeFitnessMoved(node.Name, note), why);
    }

    private static FitnessNote Note(Cluster cluster, Reason why, TimeSpan? length) =>
        new(NodeFitness.Probation, why, cluster.Wall, FitnessCause.Automation)
        {
            Until = length is { } time ? cluster.Wall + time : null,
        };
}
