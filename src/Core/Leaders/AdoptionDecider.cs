using Havm.Core.Changes;
using Havm.Core.Fencing;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Leaders;

/// <summary>
/// After an adoption the state may be older than what nodes do. Each node is asked for its word once: what it runs at a
/// generation that this state never gave out keeps its seat, and a seat that was taken back since is void. Until every
/// node has told, or is proven dead, nothing is given a seat anywhere: the copy might run where nobody has looked. For
/// the same reason a node keeps no seat that it does not fill while others have not told.
/// </summary>
public static class AdoptionDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        // What one node has told counts when the next is listened to, also within one round.
        var ledger = cluster.Ledger;
        var datastore = new DatastoreEvidence(cluster, now);
        foreach (var node in cluster.Ledger.Nodes.Values.Where(n => n.Unaccounted))
        {
            var heard = cluster.HeardOf(node.Name);
            if (heard is { Inventory: { } report } && heard.Boot == node.Boot
                && node.Phase is NodePhase.Up or NodePhase.DownByOrder)
            {
                foreach (var name in NewerState.Told(report).Select(t => t.Instance).Distinct().Order())
                {
                    foreach (var (change, why) in Learn(ledger, cluster, node, report, name))
                    {
                        ledger = change.Apply(ledger);
                        yield return new Proposal(change, why) { Notes = true };
                    }
                }

                foreach (var (change, why) in Unfilled(ledger, cluster, node, report))
                {
                    ledger = change.Apply(ledger);
                    yield return new Proposal(change, why) { Notes = true };
                }

                var accounted = Accounted(node, $"{node.Name} has told all that it runs");
                ledger = accounted.Change!.Apply(ledger);
                yield return accounted;
            }
            else if (node.Phase is NodePhase.Dead or NodePhase.DownByOrder)
            {
                if (BootProof.FromPower(cluster, node, heard, datastore, now) is { } proof)
                {
                    yield return Accounted(node, proof.Reason.Message);
                }
                else if (PowerQuestion.WhileDark(cluster, node, heard, now) is { } question)
                {
                    yield return question;
                }
            }
        }
    }

    /// <summary>Why nothing is given a seat now; null: the word of every node is in.</summary>
    public static Reason? Waits(Ledger ledger)
    {
        var silent = ledger.Nodes.Values.Where(n => n.Unaccounted).Select(n => n.Name).ToList();
        return silent.Count == 0
            ? null
            : new Reason("leaders", "adoptionWaits",
                $"this state was adopted, and {string.Join(", ", silent)} may run what it does not know: "
                    + "nothing is started anywhere until each has told what it runs; "
                    + "`havm node confirm-dead` is for those that are gone, "
                    + "and deleting its Node for one that never joined");
    }

    private static IEnumerable<(Change Change, Reason Why)> Learn(
        Ledger ledger, Cluster cluster, NodeRecord node, NodeReport report, InstanceName name)
    {
        var highest = NewerState.Told(report).Where(t => t.Instance == name).Max(t => t.Generation);
        var instance = ledger.Instances.GetValueOrDefault(name);
        var holds = report.Instances.Any(i => i.Instance == name && i.Generation == highest);
        if (highest > NewerState.Known(ledger, name))
        {
            var why = new Reason("leaders", "generationFound",
                (holds, instance) switch
                {
                    (true, not null) => $"{node.Name} holds generation {highest} of {name}: it keeps the seat",
                    (true, null) => $"{node.Name} holds {name}, which this state does not know: it is ended",
                    _ => $"generation {highest} of {name} was given out before this state was adopted",
                });
            yield return (new GenerationFound(name, node.Name, highest, holds, why, cluster.Wall), why);
        }

        if (!holds && instance?.Seat is { } seat
            && (highest > seat.Generation || (highest == seat.Generation && seat.Node == node.Name)))
        {
            var why = new Reason("leaders", "seatOutlived",
                $"{name} (generation {seat.Generation}) was taken from {seat.Node} before this state was adopted: "
                    + $"so says {node.Name}");
            yield return (new SeatWithdrawn(name, cluster.Office.Epoch, why), why);
        }
    }

    /// <summary>
    /// A goal would have this node start what stands on it in these books, and another may run it in later ones.
    /// </summary>
    private static IEnumerable<(Change Change, Reason Why)> Unfilled(
        Ledger ledger, Cluster cluster, NodeRecord node, NodeReport report)
    {
        if (ledger.Nodes.Values.FirstOrDefault(n => n.Unaccounted && n.Name != node.Name) is not { } silent)
        {
            yield break;
        }

        var filled = report.Instances.Where(i => i.Pid != 0).Select(i => (i.Instance, i.Generation)).ToHashSet();
        foreach (var instance in ledger.Instances.Touching(node.Name))
        {
            if (instance.Seat is { } seat && seat.Node == node.Name
                && !filled.Contains((instance.Name, seat.Generation)))
            {
                var why = new Reason("leaders", "seatUnfilled",
                    $"{node.Name} does not run {instance.Name} (generation {seat.Generation}), and {silent.Name} has "
                        + "not told yet whether it does: it is started when every node has told");
                yield return (new SeatWithdrawn(instance.Name, cluster.Office.Epoch, why), why);
            }
        }
    }

    private static Proposal Accounted(NodeRecord node, string message)
    {
        var why = new Reason("leaders", "nodeAccounted", message);
        return new Proposal(new NodeAccounted(node.Name), why);
    }
}
