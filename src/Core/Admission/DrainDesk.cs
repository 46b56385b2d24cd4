using Havm.Core.Changes;
using Havm.Core.Maintenance;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Admission;

/// <summary>An operator's order to take a node into maintenance, or to end that.</summary>
internal static class DrainDesk
{
    public static OrderOutcome Drain(DecisionDraft draft, DrainOrder order, Instant now)
    {
        var name = $"Node/{order.Node}";
        if (!draft.Cluster.Ledger.Nodes.TryGetValue(order.Node, out var node))
        {
            return OrderOutcome.Refused(
                new SpecError(name, "", "does not exist", "`havm node list` lists what does"));
        }

        var known = node.Drain is { Cause: DrainCause.Order };
        if (known == order.Drain)
        {
            return Done(name, ObjectChange.Unchanged,
                known ? "is in maintenance already" : "is not in maintenance");
        }

        if (!order.Drain)
        {
            var over = new Reason("maintenance", "drainEnded", $"{order.Actor} ended the maintenance of {order.Node}");
            draft.Add(new Proposal(new DrainEnded(order.Node, draft.Cluster.Wall), over), now);
            var home = draft.Cluster.Ledger.Instances.Values.Count(i => i.ReturnsTo == order.Node);
            return Done(name, ObjectChange.Changed, "takes instances again"
                + (home > 0 ? $"; {Count.Of(home, "instance")} {(home == 1 ? "comes" : "come")} home" : ""));
        }

        var why = new Reason("maintenance", "drainBegun",
            $"{order.Actor} took {order.Node} into maintenance: it gets no new instances, and those on it move away");
        draft.Add(new Proposal(new DrainBegun(order.Node, new DrainNote(DrainCause.Order, why, draft.Cluster.Wall)
        {
            Returns = draft.Cluster.Policy.Maintenance.Return,
        }), why), now);
        return Done(name, ObjectChange.Changed, Outlook(draft.Cluster, draft.Cluster.Ledger.Nodes[order.Node]));
    }

    /// <summary>What cannot move is said before anything moves.</summary>
    private static string Outlook(Cluster cluster, NodeRecord node)
    {
        var here = cluster.Ledger.Instances.Touching(node.Name).Count(i => i.Seat?.Node == node.Name);
        var stuck = DrainDecider.Stuck(cluster, node).Select(i => i.Name.Value).ToList();
        var busy = DrainDecider.Busy(cluster, node).Select(i => i.Name.Value).Except(stuck).ToList();
        var later = busy.Count == 0 ? "" : $"; {string.Join(", ", busy.Take(5))}{(busy.Count > 5 ? ", ..." : "")} "
            + $"{(busy.Count == 1 ? "waits" : "wait")} while somebody works on {(busy.Count == 1 ? "it" : "them")}: "
            + "`havm vm show` says until when";
        return (here, stuck.Count) switch
        {
            (0, _) => "holds nothing: it is safe to power off",
            (_, 0) => $"{Count.Of(here, "instance")} {(here == 1 ? "moves" : "move")} away, each with a restart{later}",
            _ => $"{here - stuck.Count} of {Count.Of(here, "instance")} move away, each with a restart; no other node "
                + $"can take {string.Join(", ", stuck.Take(5))}{(stuck.Count > 5 ? ", ..." : "")}: `havm vm explain` "
                + $"says why, and they run on here{later}",
        };
    }

    private static OrderOutcome Done(string name, ObjectChange change, string message) => new()
    {
        Objects = [new(name, change, message)],
    };
}
