using Havm.Core.Changes;
using Havm.Core.Fencing;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Recovery;

/// <summary>
/// Frees the instances of a node that is gone. A seat is taken back only together with the proof that it is dead, so
/// that a node which returns in time keeps what it runs.
/// </summary>
public static class RecoveryDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        foreach (var instance in cluster.Ledger.Instances.Values)
        {
            if (instance.Seat is not { } seat
                || !cluster.Ledger.Nodes.TryGetValue(seat.Node, out var node)
                || node.Phase is not (NodePhase.Dead or NodePhase.Lost))
            {
                continue;
            }

            foreach (var proposal in Free(cluster, instance, seat, node, now))
            {
                yield return proposal;
            }
        }
    }

    private static IEnumerable<Proposal> Free(Cluster cluster, Instance instance, Seat seat, NodeRecord node, Instant now)
    {
        var candidate = new WithdrawnSeat(
            seat.Node, seat.Generation, node.Boot, cluster.Office.Epoch, node.GoalRevision + 1, node.Why);
        if (FencingDecider.ProofOf(cluster, instance, candidate, now) is not { } proof)
        {
            yield break;
        }

        var why = new Reason("recovery", "instanceFreed",
            $"{instance.Name} (generation {seat.Generation}) is free to start elsewhere: {proof.Reason.Message}")
        {
            Evidence = node.Why.Evidence,
        };
        yield return new Proposal(new SeatWithdrawn(instance.Name, seat, cluster.Office.Epoch, why), why, Impact.Restart);
        yield return new Proposal(new SeatProvenDead(instance.Name, proof), proof.Reason) { Told = false };
        if (node.Incident is { } incident)
        {
            yield return new Proposal(new InstanceInIncident(instance.Name, incident), why) { Told = false };
            yield return new Proposal(
                new RecoveryProgressed(incident, instance.Name, new InstanceRecovery { From = node.Name, FreedAt = cluster.Wall }),
                why)
            { Told = false };
            yield return new Proposal(new IncidentProven(incident, proof.Reason, cluster.Wall), why) { Told = false };
        }
    }
}
