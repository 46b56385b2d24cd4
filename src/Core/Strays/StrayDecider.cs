using Havm.Core.Changes;
using Havm.Core.Incidents;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Strays;

/// <summary>
/// What becomes of a machine that somebody moved or started by hand. The one copy there is, is taken up where it runs:
/// the seat follows it in the books. One of two is left to a person, and one that a later seat has replaced is ended.
/// </summary>
public static class StrayDecider
{
    /// <summary>
    /// Longer than agents take between two searches of their node: what was here and is there was looked for at both.
    /// </summary>
    public static readonly TimeSpan Settle = TimeSpan.FromSeconds(6);

    /// <summary>How long a move by hand may show two copies before a person is told.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        var within = cluster.Policy.Liveness.SuspectAfter;
        var found =
            from node in cluster.Ledger.Nodes.Values
            where node.Phase == NodePhase.Up
            let heard = cluster.HeardOf(node.Name)
            where !heard.Strays.IsEmpty && heard.SpokeWithin(within, now)
            from stray in heard.Strays
            select (Node: node, Stray: stray);
        foreach (var copies in found.GroupBy(f => f.Stray.Instance).OrderBy(g => g.Key).ToList())
        {
            var instance = cluster.Ledger.Instances.GetValueOrDefault(copies.Key);
            foreach (var (node, stray) in copies.Where(c => StrayWatch.IsOutdated(instance, c.Stray.Generation)))
            {
                yield return RuleOut(node, stray, instance);
            }

            var alive = copies.Where(c => !StrayWatch.IsOutdated(instance, c.Stray.Generation)).ToList();
            if (instance is not { Leaving: false } || alive.Count == 0)
            {
                continue;
            }

            var (first, only) = alive[0];
            if (alive.Count == 1 && IsFree(cluster, instance, now))
            {
                if (now - only.Since >= Settle)
                {
                    yield return Adopt(cluster, instance, first, only);
                }
            }
            else if (now - only.Since >= Patience && Alarm(cluster, instance, first) is { } alarm)
            {
                yield return alarm;
            }
        }
    }

    /// <summary>
    /// Nothing of it runs at its seat: there is none, its boot is proven over, or that node's own complete inventory,
    /// told just now, lacks it.
    /// </summary>
    private static bool IsFree(Cluster cluster, Instance instance, Instant now)
    {
        if (instance.Seat is not { } seat)
        {
            return true;
        }

        var node = cluster.Ledger.Nodes[seat.Node];
        var heard = cluster.HeardOf(seat.Node);
        return node.Phase == NodePhase.Dead
            || (node is { Phase: NodePhase.Up, Unaccounted: false } && heard.Boot == node.Boot
                && heard.SpokeWithin(cluster.Policy.Liveness.SuspectAfter, now)
                && heard.Inventory is { } report
                && !report.Instances.Any(r => r.Instance == instance.Name && r.Pid != 0));
    }

    private static Proposal Adopt(Cluster cluster, Instance instance, NodeRecord node, Stray copy)
    {
        var why = new Reason("strays", "instanceAdopted",
            $"{instance.Name} runs on {node.Name}, where somebody has it running, and nowhere else: "
                + (instance.Seat is { } seat ? $"its seat moves there from {seat.Node}" : "it has its seat there"));
        return new Proposal(new InstanceAdopted(
            instance.Name, node.Name, copy.Generation, cluster.Office.Epoch, why, cluster.Wall), why);
    }

    private static Proposal RuleOut(NodeRecord node, Stray copy, Instance? instance)
    {
        var why = new Reason("strays", "copyRuledOut",
            $"a machine on {node.Name} says that it is generation {copy.Generation} of {copy.Instance}, "
                + (instance is null ? "which does not exist" : "which was replaced since")
                + ": it is ended");
        return new Proposal(
            new CopyRuledOut(node.Name, copy.Instance, copy.Generation, why), why, Impact.Restart);
    }

    private static Proposal? Alarm(Cluster cluster, Instance instance, NodeRecord node)
    {
        if (cluster.Ledger.Incidents.Values.Any(i => i is { Open: true, Kind: IncidentKind.CopyFound }
            && i.Subject == node.Name.Value))
        {
            return null;
        }

        var why = new Reason("strays", "copyFound",
            $"{instance.Name} runs on {node.Name}, which has no seat for it, and may run "
                + (instance.Seat is { } seat ? $"on {seat.Node}, which has" : "elsewhere")
                + " too: neither is touched, and none is started; end one of them by hand");
        return new Proposal(new IncidentOpened(
            IncidentFile.Draft(cluster, IncidentKind.CopyFound, node.Name.Value, why), null), why);
    }
}
