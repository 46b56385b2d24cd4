using System.Collections.Immutable;
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
            var leaving = cluster.Ledger.Instances.Touching(node.Name)
                .Where(i => i is { Move: { Cause: MoveCause.Risk } move } && move.From == node.Name).ToList();
            foreach (var proposal in open.TryGetValue(node.Name.Value, out var known)
                ? Goes(cluster, node, known, leaving) : [Open(cluster, node, risk, leaving)])
            {
                yield return proposal;
            }
        }
    }

    private static Proposal Open(Cluster cluster, NodeRecord node, RiskNote risk, List<Instance> leaving)
    {
        var draft = IncidentFile.Draft(cluster, IncidentKind.NodeWillFail, node.Name.Value, risk.Why) with
        {
            DetectedAt = risk.Since < cluster.Wall ? risk.Since : cluster.Wall,
            Instances = leaving.ToImmutableSortedDictionary(i => i.Name, _ => Way(node)),
        };
        return new Proposal(new IncidentOpened(draft, null), risk.Why);
    }

    /// <summary>What was decided about it, and what leaves for it.</summary>
    private static IEnumerable<Proposal> Goes(
        Cluster cluster, NodeRecord node, Incident known, List<Instance> leaving)
    {
        if (node.Fitness is { ForRisk: true } kept && known.Decision.Code == node.Risk!.Why.Code)
        {
            yield return new Proposal(
                new IncidentDecided(known.Id, known.Kind, kept.Why, cluster.Wall), kept.Why) { Told = false };
        }

        foreach (var instance in leaving.Where(i => known.Instances.GetValueOrDefault(i.Name) is not { Done: false }))
        {
            yield return new Proposal(
                new RecoveryProgressed(known.Id, instance.Name, Way(node)), instance.Move!.Why) { Told = false };
        }
    }

    private static InstanceRecovery Way(NodeRecord node) => new() { From = node.Name };
}
