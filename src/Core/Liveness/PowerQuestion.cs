using Havm.Core.Fencing;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Liveness;

/// <summary>When a silent node's BMC is asked for its power state.</summary>
internal static class PowerQuestion
{
    /// <summary>An unanswered question is given up after this.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <summary>Time between two questions, first while every tenth counts, then while a person is waited for.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Urgent = TimeSpan.FromMinutes(1);

    /// <summary>Null when there is no BMC, an answer is under way, or the last one is too young to be asked again.</summary>
    public static Proposal? For(Cluster cluster, NodeRecord node, NodeHeard heard, TimeSpan silence, Instant now)
    {
        if (node.Boot is not { } boot || cluster.Ledger.NodeSpecOf(node.Name)?.Bmc is not { } bmc)
        {
            return null;
        }

        var waiting = heard.PowerAskedAt is { } asked && now - asked < Timeout;
        return waiting || !IsDue(node, heard, silence, now)
            ? null
            : new Proposal(null, new Reason("liveness", "readPower", $"{node.Name} is suspect: its BMC is asked"))
            {
                Commands = [new ReadPower(node.Name, bmc, boot)],
                Told = false,
            };
    }

    /// <summary>A first Off is followed up at once: the second is the proof.</summary>
    private static bool IsDue(NodeRecord node, NodeHeard heard, TimeSpan silence, Instant now) =>
        heard.Power is not [.., var newest]
        || (newest.State == PowerState.Off && !heard.BmcLied && BootProof.FromPower(node, heard) is null)
        || now - newest.AskedAt >= (silence < Urgent ? Soon : Later);
}
