using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Disarming;
using Havm.Core.Liveness;
using Havm.Core.Maintenance;
using Havm.Core.Records;
using Havm.Core.Recovery;
using Havm.Model;

namespace Havm.Core.Fencing;

/// <summary>
/// From lost to dead, which takes a proof. Orders power off where a verdict allows it, repeats the order until the
/// power is *read* off, and turns evidence into proofs; it never takes an order that was sent for a state that is.
/// </summary>
public static class FencingDecider
{
    /// <summary>
    /// How long after an order of a leader that is gone an Off is still taken for its doing. A controller is back
    /// within seconds; a person who walks to the machine takes longer.
    /// </summary>
    public static readonly TimeSpan LeaderGone = TimeSpan.FromMinutes(2);

    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        var datastore = new DatastoreEvidence(cluster, now);
        foreach (var node in cluster.Ledger.Nodes.Values.Where(n => n.Phase == NodePhase.Lost || n.Fence is not null
            || DepartureRule.Frees(cluster, n)))
        {
            foreach (var proposal in ForNode(cluster, node, datastore, now))
            {
                yield return proposal;
            }
        }

        foreach (var instance in cluster.Ledger.Instances.Restless)
        {
            foreach (var seat in instance.Unproven)
            {
                if (ProofOf(cluster, instance.Name, seat, now) is { } proof)
                {
                    yield return new Proposal(new SeatProvenDead(instance.Name, proof), proof.Reason);
                }
            }
        }
    }

    /// <summary>
    /// Whether an order may still be sent: the runner asks once more, with the newest picture, just before it does.
    /// </summary>
    public static bool Stands(Cluster cluster, PowerOff command, Instant now) =>
        cluster.Ledger.Nodes.GetValueOrDefault(command.Node) is { Phase: NodePhase.Lost, Fence: { } order } node
        && order.Id == command.Order.Id && node.Boot == order.Boot && MayStillFence(cluster, node, now);

    /// <summary>Nobody has forbidden it since it was decided, and nothing speaks for the node.</summary>
    internal static bool MayStillFence(Cluster cluster, NodeRecord node, Instant now) =>
        cluster.Office.Overruled is null && cluster.Office.Leads(now)
        && DisarmRule.InForce(cluster.Ledger) is null && !cluster.Policy.Observe.Contains(AutomationRule.Fencing)
        && HasListened(cluster, cluster.HeardOf(node.Name), now)
        && GuestEvidence.Answering(cluster, node, now).IsEmpty
        && !cluster.HeardOf(node.Name).SpokeWithin(cluster.Policy.Liveness.SuspectAfter, now);

    /// <summary>
    /// The first proof that can be had for one seat, withdrawn or about to be; null while there is none.
    /// </summary>
    public static ProofOfDeath? ProofOf(Cluster cluster, InstanceName instance, WithdrawnSeat seat, Instant now)
    {
        var node = cluster.Ledger.Nodes[seat.Node];
        var heard = cluster.HeardOf(seat.Node);
        var backed = ProofOfDeath.LeaseIsBacked(cluster.Ledger.NodeSpecOf(seat.Node), node);
        return ProofOfDeath.FromBoot(seat, node)
            ?? ProofOfDeath.FromReport(instance, seat, node, heard)
            ?? ProofOfDeath.FromStorage(
                cluster.Ledger.Instances[instance], seat, node, heard, StorageFenceDecider.MethodsOf(cluster, node))
            ?? ProofOfDeath.FromLease(seat, backed, cluster, now);
    }

    private static IEnumerable<Proposal> ForNode(
        Cluster cluster, NodeRecord node, DatastoreEvidence datastore, Instant now)
    {
        var heard = cluster.HeardOf(node.Name);
        if (node.Fence is { } asked && heard.SwitchedOff is { } answer && answer.Order == asked.Id
            && !asked.Taken.Contains(answer.Rung))
        {
            var taken = new Reason("fencing", "fenceAnswered",
                $"{Ladder.Name(cluster, node.Name, answer.Rung)} has taken order {asked.Id}");
            yield return new Proposal(
                new FenceAnswered(node.Name, asked.Id, answer.Rung, cluster.Wall), taken) { Told = false };
        }

        if ((node.Phase == NodePhase.Lost || DepartureRule.Frees(cluster, node))
            && BootProof.FromPower(cluster, node, heard, datastore, now) is { } proof)
        {
            yield return new Proposal(
                new NodeProvenDead(node.Name, proof, OrderBehind(cluster, node, heard), cluster.Wall)
                {
                    By = Switched(node, heard),
                }, proof.Reason);
            if (node.Incident is { } incident)
            {
                yield return new Proposal(new IncidentProven(incident, proof.Reason, cluster.Wall), proof.Reason)
                {
                    Told = false,
                };
            }

            yield break;
        }

        if (node.Fence is { } order)
        {
            if (node.Phase != NodePhase.Lost || node.Boot != order.Boot)
            {
                var why = new Reason("fencing", "fenceVoid",
                    $"{node.Name} has been heard again: the order for boot {order.Boot} is void");
                yield return new Proposal(new FenceEnded(node.Name, why), why);
            }
            else if (MayFence(cluster, node, heard, now) && Send(cluster, node, heard, order, now) is { } again)
            {
                yield return again;
            }
        }
        else if (Order(cluster, node, heard, now) is { } first)
        {
            yield return first;
        }
    }

    private static Proposal? Order(Cluster cluster, NodeRecord node, NodeHeard heard, Instant now)
    {
        if (node.Boot is not { } boot || cluster.Ledger.NodeSpecOf(node.Name)?.Rungs is not { IsEmpty: false }
            || !MayFence(cluster, node, heard, now))
        {
            return null;
        }

        var why = new Reason("fencing", "fenceOrdered",
            $"{node.Name} is {node.Verdict?.ToString().ToLowerInvariant()} and holds instances: "
                + $"boot {boot} is to be powered off")
        {
            Evidence = node.Why.Evidence,
        };
        return new Proposal(
            new FenceOrdered(node.Name, new FenceOrder(0, boot, why, cluster.Wall)
            {
                Epoch = cluster.Office.Epoch,
                FoundOn = Ladder.WasSeenOn(cluster, node, heard, boot),
            }), why, Impact.PowerOff)
        {
            Judges = node.Name,
        };
    }

    /// <summary>
    /// The order of ours that ended the boot, for all that can be known; null: somebody else did. Of an order that an
    /// earlier leader decided, the answer died with that leader: it is taken for the cause where the machine was on
    /// when it was decided and is off soon after.
    /// </summary>
    private static long? OrderBehind(Cluster cluster, NodeRecord node, NodeHeard heard)
    {
        if (node.Fence is not { } order || order.Boot != node.Boot)
        {
            return null;
        }

        var known = order.AnsweredAt is not null || heard.SwitchedOff?.Order == order.Id;
        var died = order.FoundOn && order.Epoch < cluster.Office.Epoch
            && cluster.Wall - order.OrderedAt < LeaderGone;
        return known || died ? order.Id : null;
    }

    /// <summary>What that order has switched off, by places in the ladder; if nobody knows, all that had it.</summary>
    private static ImmutableArray<int> Switched(NodeRecord node, NodeHeard heard)
    {
        if (node.Fence is not { } order)
        {
            return [];
        }

        var known = heard.SwitchedOff is { } late && late.Order == order.Id && !order.Taken.Contains(late.Rung)
            ? order.Taken.Add(late.Rung)
            : order.Taken;
        return known.IsEmpty ? [.. Enumerable.Range(0, order.Rung + 1)] : known;
    }

    /// <summary>
    /// The verdict may be an earlier leader's: between two leaders a node has time to come back, so whoever repeats an
    /// order must have listened for it first.
    /// </summary>
    private static bool HasListened(Cluster cluster, NodeHeard heard, Instant now) =>
        Silence.Of(heard, cluster.Office, now) >= cluster.Policy.Liveness.LostAfter;

    /// <summary>
    /// A failed node is fenced at once. A cut-off one lives: it is fenced only for instances that would otherwise stay
    /// bound to it (leaveRunning), and only after it has been lost for cutOffAfter on our own monotonic clock.
    /// </summary>
    internal static bool MayFence(Cluster cluster, NodeRecord node, NodeHeard heard, Instant now)
    {
        var terms = cluster.Policy.Liveness;
        var lostFor = Silence.Of(heard, cluster.Office, now) - terms.LostAfter;
        var held = cluster.Ledger.Instances.Touching(node.Name)
            .Where(i => i.Wanted != WantedState.Unmanaged).ToList();
        return held.Count > 0 && HasListened(cluster, heard, now) && node.Verdict switch
        {
            NodeVerdict.Failed => true,
            NodeVerdict.Isolated or NodeVerdict.Partitioned => terms.CutOffAfter is { } after && lostFor >= after
                && held.Any(i => IsBoundTo(node, i)),
            NodeVerdict.Unknown or null => false,
        };
    }

    /// <summary>Nothing but the node's own end will free it: no lease ends it.</summary>
    private static bool IsBoundTo(NodeRecord node, Instance instance) =>
        instance.Seat is { Isolation: IsolationPolicy.LeaveRunning } seat && seat.Node == node.Name
        || instance.Unproven.Any(s => s.Isolation == IsolationPolicy.LeaveRunning && s.Node == node.Name);

    /// <summary>
    /// When it says On after it has said Off, somebody has switched the machine on; an order for the boot before would
    /// end each new one before it can speak.
    /// </summary>
    private static bool IsComingBack(RungHeard rung, Instant now) =>
        rung.CameOnAt is { } on && now - on < PowerOnDecider.BootLimit;

    /// <summary>
    /// The order to the method whose turn it is, again when its time is over, and the step to the next one when its
    /// tries are: what was not proven in that time, for whatever reason, may be by another way. Where one says Off and
    /// is not believed, nothing is left to be ordered from it.
    /// </summary>
    private static Proposal? Send(Cluster cluster, NodeRecord node, NodeHeard heard, FenceOrder order, Instant now)
    {
        if (cluster.Ledger.NodeSpecOf(node.Name)?.Rungs is not { IsEmpty: false } ladder)
        {
            return null;
        }

        var place = Math.Min(order.Rung, ladder.Length - 1);
        var (method, rung) = (ladder[place], heard.Rung(place));
        if (rung.OffSentAt is { } sent && rung.OffsSent > 0)
        {
            if (now - sent < method.Timeout || heard.Rungs.Any(r => IsComingBack(r, now)))
            {
                return null;
            }

            var saysOff = rung.Power is [.., { State: PowerState.Off }];
            if (ladder.Length > 1 && (saysOff || rung.OffsSent > method.Retries))
            {
                return Climb(cluster, node, heard, order, place, (place + 1) % ladder.Length);
            }

            if (saysOff)
            {
                return null;
            }
        }

        return new Proposal(null, order.Why, Impact.PowerOff)
        {
            Commands = [new PowerOff(node.Name, method, order) { Rung = place }],
            Told = false,
            Judges = node.Name,
        };
    }

    private static Proposal Climb(
        Cluster cluster, NodeRecord node, NodeHeard heard, FenceOrder order, int from, int to)
    {
        var said = heard.Rung(from).Power is [.., var newest]
            ? newest.Trouble.Length > 0 ? newest.Trouble : $"it says {newest.State}"
            : "it has said nothing";
        var why = new Reason("fencing", "fenceClimbed",
            $"{Ladder.Name(cluster, node.Name, from)} did not prove boot {order.Boot} off by "
                + $"{Count.Of(heard.Rung(from).OffsSent, "order")}: {Ladder.Name(cluster, node.Name, to)} is next")
        {
            Evidence = [new("fencing", said)],
        };
        return new Proposal(new FenceClimbed(node.Name, order.Id, to, why), why) { Judges = node.Name };
    }
}
