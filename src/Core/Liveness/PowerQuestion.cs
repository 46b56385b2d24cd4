using Havm.Core.Fencing;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Liveness;

/// <summary>When a silent node's BMC is asked for its power state.</summary>
internal static class PowerQuestion
{
    /// <summary>An unanswered question is given up after this.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Time between two questions, first while every tenth counts, then while a person is waited for.
    /// </summary>
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Urgent = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How often the BMC of a node that speaks is looked at: a BMC that is gone is told before it is needed, and the
    /// connection is warm when it is.
    /// </summary>
    private static readonly TimeSpan Routine = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The question that keeps a healthy node's fence known; null while the last answer is young enough.
    /// </summary>
    public static Proposal? Look(Cluster cluster, NodeRecord node, NodeHeard heard, Instant now)
    {
        var due = heard.Power is not [.., var newest]
            || now - newest.AskedAt >= (newest.State == PowerState.Unknown ? Later : Routine);
        return due ? Ask(cluster, node, heard, $"the BMC of {node.Name} is looked at", now) : null;
    }

    /// <summary>
    /// Null when there is no BMC, an answer is under way, or the last one is too young to be asked again.
    /// </summary>
    public static Proposal? For(Cluster cluster, NodeRecord node, NodeHeard heard, TimeSpan silence, Instant now) =>
        IsDue(node, heard, silence, now)
            ? Ask(cluster, node, heard, $"{node.Name} is suspect: its BMC is asked", now)
            : null;

    /// <summary>The question that shows whether a node that was proven off has its power back.</summary>
    public static Proposal? WhileDark(Cluster cluster, NodeRecord node, NodeHeard heard, Instant now) =>
        heard.Power is not [.., var newest] || now - newest.AskedAt >= Later
            ? Ask(cluster, node, heard, $"{node.Name} is to come back: its BMC is asked", now)
            : null;

    private static Proposal? Ask(Cluster cluster, NodeRecord node, NodeHeard heard, string why, Instant now)
    {
        if (node.Boot is not { } boot || cluster.Ledger.NodeSpecOf(node.Name)?.Bmc is not { } bmc)
        {
            return null;
        }

        var waiting = heard.PowerAskedAt is { } asked && now - asked < Timeout;
        return waiting
            ? null
            : new Proposal(null, new Reason("liveness", "readPower", why))
            {
                Commands = [new ReadPower(node.Name, bmc, boot)],
                Told = false,
            };
    }

    /// <summary>A first Off is followed up at once: the second is the proof.</summary>
    private static bool IsDue(NodeRecord node, NodeHeard heard, TimeSpan silence, Instant now) =>
        heard.Power is not [.., var newest]
        || (newest.State == PowerState.Off && !heard.BmcLied && !BootProof.SaysOff(node, heard))
        || now - newest.AskedAt >= (silence < Urgent ? Soon : Later);
}
