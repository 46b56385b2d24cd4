using Havm.Core.Changes;
using Havm.Core.Fencing;
using Havm.Core.Incidents;
using Havm.Core.Maintenance;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Recovery;

/// <summary>
/// Frees the instances of a node that is gone. A seat is taken back only together with the proof that it is dead, so
/// that a node which returns in time keeps what it runs.
/// </summary>
public static class RecoveryDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now) =>
        from node in cluster.Ledger.Nodes.Values
        where node.Phase is NodePhase.Dead or NodePhase.Lost || DepartureRule.Frees(cluster, node)
        from instance in cluster.Ledger.Instances.Touching(node.Name)
        from proposal in Free(cluster, instance, node, now)
        select proposal;

    private static IEnumerable<Proposal> Free(Cluster cluster, Instance instance, NodeRecord node, Instant now)
    {
        if (instance.Seat is not { } seat || seat.Node != node.Name || instance.Wanted == WantedState.Unmanaged)
        {
            yield break;
        }

        var candidate = SeatWithdrawn.Draft(instance, seat, node, cluster.Office.Epoch, node.Why);
        if (FencingDecider.ProofOf(cluster, instance.Name, candidate, now) is not { } proof)
        {
            yield break;
        }

        var why = new Reason("recovery", "instanceFreed",
            $"{instance.Name} (generation {seat.Generation}) is free to start elsewhere: {proof.Reason.Message}")
        {
            Evidence = node.Why.Evidence,
        };
        var awaits = RebootDecider.For(cluster, instance, node);
        foreach (var proposal in Freed(cluster, instance, node, proof, why, awaits))
        {
            yield return proposal;
        }
    }

    /// <summary>
    /// A seat is taken back with the proof that it is dead; its instance is on its way in the incident.
    /// </summary>
    internal static IEnumerable<Proposal> Freed(
        Cluster cluster, Instance instance, NodeRecord node, ProofOfDeath proof, Reason why, AwaitNote? awaits = null)
    {
        yield return new Proposal(new SeatWithdrawn(instance.Name, cluster.Office.Epoch, why), why, Impact.Restart);
        yield return new Proposal(new SeatProvenDead(instance.Name, proof), proof.Reason)
        {
            Told = false, Follows = true,
        };
        if (instance.Move is not null)
        {
            // What was to be moved is recovered: in its order, wherever that is best now.
            yield return new Proposal(new MoveEnded(instance.Name, why), why) { Told = false, Follows = true };
        }

        if (awaits is { } note)
        {
            yield return new Proposal(new RestartAwaited(instance.Name, note), note.Why) { Follows = true };
        }

        foreach (var taken in IncidentFile.TakenOver(cluster, node.Name, why, instance.Name))
        {
            yield return taken with { Follows = true };
        }

        if (node.Incident is { } incident)
        {
            yield return new Proposal(new InstanceInIncident(instance.Name, incident), why)
            {
                Told = false, Follows = true,
            };
            var freed = new InstanceRecovery { From = node.Name, FreedAt = cluster.Wall };
            yield return new Proposal(new RecoveryProgressed(incident, instance.Name, freed), why)
            {
                Told = false, Follows = true,
            };
            yield return new Proposal(new IncidentProven(incident, proof.Reason, cluster.Wall), why)
            {
                Told = false, Follows = true,
            };
        }
    }
}
