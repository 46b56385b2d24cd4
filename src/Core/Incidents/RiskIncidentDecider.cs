using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Incidents;

/// <summary>
/// Row 9 of the health ladder on record: one incident for each node that will likely fail, with what moves away from
/// it. It is over when the node was mended and given back, or its sensors have come round.
/// </summary>
public static class RiskIncidentDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        Dictionary<string, Incident>? open = null;
        foreach (var node in cluster.Ledger.Nodes.Values)
        {
            if (node is not { Risk: { Level: RiskLevel.Likely } risk, Phase: NodePhase.Up }
                || node.Fit == NodeFitness.Retired)
            {
                continue;
            }

            open ??= cluster.Ledger.Incidents.Values.Where(i => i is { Open: true, Kind: IncidentKind.NodeWillFail })
                .ToDictionary(i => i.Subject);
            if (!open.TryGetValue(node.Name.Value, out var known))
            {
                var draft = IncidentFile.Draft(cluster, IncidentKind.NodeWillFail, node.Name.Value, risk.Why) with
                {
                    DetectedAt = risk.Since < cluster.Wall ? risk.Since : cluster.Wall,
                };
                yield return new Proposal(new IncidentOpened(draft, null), risk.Why);
                continue;
            }

            if (node.Fitness is { ForRisk: true } kept && known.Decision.Code == risk.Why.Code)
            {
                yield return new Proposal(
                    new IncidentDecided(known.Id, known.Kind, kept.Why, cluster.Wall), kept.Why) { Told = false };
            }

            foreach (var instance in cluster.Ledger.Instances.Touching(node.Name))
            {
                if (instance is { Move: { Cause: MoveCause.Risk } move } && move.From == node.Name
                    && known.Instances.GetValueOrDefault(instance.Name) is not { Done: false })
                {
                    var way = new InstanceRecovery { From = node.Name };
                    yield return new Proposal(new RecoveryProgressed(known.Id, instance.Name, way), move.Why)
                    {
                        Told = false,
                    };
                }
            }
        }
    }
}
