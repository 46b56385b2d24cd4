using Havm.Core.Changes;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Fencing;

/// <summary>
/// From lost to dead, which takes a proof. Orders power off where a verdict allows it, repeats the order until the
/// power is *read* off, and turns evidence into proofs; it never takes an order that was sent for a state that is.
/// </summary>
public static class FencingDecider
{
    /// <summary>Time between two power-off orders while the BMC does not say Off.</summary>
    private static readonly TimeSpan OrderAgain = TimeSpan.FromSeconds(5);

    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        foreach (var node in cluster.Ledger.Nodes.Values.Where(n => n.Phase == NodePhase.Lost || n.Fence is not null))
        {
            foreach (var proposal in ForNode(cluster, node, now))
            {
                yield return proposal;
            }
        }

        foreach (var instance in cluster.Ledger.Instances.Values.Where(i => i.Unproven.Length > 0))
        {
            foreach (var seat in instance.Unproven)
            {
                if (ProofOf(cluster, instance, seat, now) is { } proof)
                {
                    yield return new Proposal(new SeatProvenDead(instance.Name, proof), proof.Reason);
                }
            }
        }
    }

    /// <summary>The first proof that can be had for one seat, withdrawn or about to be; null while there is none.</summary>
    public static ProofOfDeath? ProofOf(Cluster cluster, Instance instance, WithdrawnSeat seat, Instant now)
    {
        if (!cluster.Ledger.Nodes.TryGetValue(seat.Node, out var node))
        {
            return null;
        }

        var heard = cluster.HeardOf(seat.Node);
        var backed = ProofOfDeath.LeaseIsBacked(cluster.Ledger.NodeSpecOf(seat.Node), node);
        return ProofOfDeath.FromBoot(seat, node)
            ?? ProofOfDeath.FromNeverRun(seat, node)
            ?? ProofOfDeath.FromReport(instance.Name, seat, node, heard)
            ?? ProofOfDeath.FromLease(seat, instance.Machine.Isolation, backed, heard, cluster.Office, now);
    }

    private static IEnumerable<Proposal> ForNode(Cluster cluster, NodeRecord node, Instant now)
    {
        var heard = cluster.HeardOf(node.Name);
        if (node.Phase == NodePhase.Lost && BootProof.FromPower(node, heard) is { } proof)
        {
            yield return new Proposal(new NodeProvenDead(node.Name, proof, cluster.Wall), proof.Reason);
            if (node.Incident is { } incident)
            {
                yield return new Proposal(new IncidentProven(incident, proof.Reason, cluster.Wall), proof.Reason) { Told = false };
            }

            yield break;
        }

        if (node.Fence is { } order)
        {
            if (node.Phase != NodePhase.Lost || node.Boot != order.Boot)
            {
                var why = new Reason("fencing", "fenceVoid", $"{node.Name} has been heard again: the order for boot {order.Boot} is void");
                yield return new Proposal(new FenceEnded(node.Name, why), why);
            }
            else if (Send(cluster, node, heard, order, now) is { } again)
            {
                yield return again;
            }
        }
        else if (Order(cluster, node) is { } first)
        {
            yield return first;
        }
    }

    private static Proposal? Order(Cluster cluster, NodeRecord node)
    {
        if (node.Boot is not { } boot || cluster.Ledger.NodeSpecOf(node.Name)?.Bmc is null || !MayFence(cluster, node))
        {
            return null;
        }

        var why = new Reason("fencing", "fenceOrdered",
            $"{node.Name} is {node.Verdict?.ToString().ToLowerInvariant()} and holds instances: boot {boot} is to be powered off")
        {
            Evidence = node.Why.Evidence,
        };
        return new Proposal(new FenceOrdered(node.Name, new FenceOrder(0, boot, why, cluster.Wall)), why, Impact.PowerOff)
        {
            Judges = node.Name,
        };
    }

    /// <summary>
    /// A failed node is fenced at once. A cut-off one lives: it is fenced only for instances that would otherwise stay
    /// bound to it (leaveRunning), and only after cutOffAfter.
    /// </summary>
    private static bool MayFence(Cluster cluster, NodeRecord node)
    {
        var held = cluster.Ledger.Touching(node.Name).ToList();
        return held.Count > 0 && node.Verdict switch
        {
            NodeVerdict.Failed => true,
            NodeVerdict.Isolated => cluster.Policy.Liveness.CutOffAfter is { } after
                && cluster.Wall - node.Since >= after
                && held.Any(i => i.Machine.Isolation == IsolationPolicy.LeaveRunning),
            NodeVerdict.Unknown or null => false,
        };
    }

    private static Proposal? Send(Cluster cluster, NodeRecord node, NodeHeard heard, FenceOrder order, Instant now)
    {
        if (cluster.Ledger.NodeSpecOf(node.Name)?.Bmc is not { } bmc
            || (heard.PowerOffSentAt is { } sent && now - sent < OrderAgain))
        {
            return null;
        }

        return new Proposal(null, order.Why, Impact.PowerOff)
        {
            Commands = [new PowerOff(node.Name, bmc, order)],
            Told = false,
            Judges = node.Name,
        };
    }
}
