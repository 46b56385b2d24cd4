using Havm.Core.Records;
using Havm.Core.Strays;
using Havm.Model;

namespace Havm.Core.Healing;

/// <summary>
/// When a start that a disk's lock refused is tried again at once. A lock only refuses: that it is free proves nothing,
/// and ends no wait but the one for the next try. Whoever held it may have been a copy that somebody moved by hand and
/// that lets go for a moment, so that nothing is tried before every node has looked through itself. Where a node
/// sees no lock and one refuses all the same, the tries follow each other ever later, up to 5 min.
/// </summary>
public static class LockRule
{
    /// <summary>Every node looks through itself within half of it: twice, to have looked since the refusal.</summary>
    public static readonly TimeSpan Look = StrayDecider.Settle + StrayDecider.Settle;

    /// <summary>
    /// The node that was refused says now that no lock would refuse it, and what may hold it is known by now.
    /// </summary>
    public static bool IsFree(Cluster cluster, Instance instance, Instant now)
    {
        if (instance.Failures.Refusal is not { } refusal || !IsLooked(refusal, instance.Failures.Rounds, cluster.Wall)
            || cluster.Ledger.Nodes.GetValueOrDefault(refusal.Node) is not { Phase: NodePhase.Up } node)
        {
            return false;
        }

        var heard = cluster.HeardOf(refusal.Node);
        return heard.Boot == node.Boot && heard.SpokeWithin(cluster.Policy.Liveness.SuspectAfter, now)
            && heard.Report is { } report
            && report.FreeLocks.Contains(new FreeLock(instance.Name, refusal.Generation));
    }

    /// <summary>
    /// Who watches the lock from now on, because the node that did is not up any more: the first that is and that
    /// reaches its disks. Null: the one that does can, or nobody else can.
    /// </summary>
    public static LockRefusal? WatchedAnew(Cluster cluster, Instance instance)
    {
        if (instance.Failures.Refusal is not { } refusal
            || CanWatch(cluster.Ledger.Nodes.GetValueOrDefault(refusal.Node)))
        {
            return null;
        }

        var other = cluster.Ledger.Nodes.Values.FirstOrDefault(CanWatch);
        return other is null ? null : refusal with { Node = other.Name };

        bool CanWatch(NodeRecord? node) => node is { Phase: NodePhase.Up }
            && !instance.Machine.Disks.Any(disk => node.LacksDatastore(disk.File.Datastore));
    }

    /// <summary>One that is further away than the look takes was written by a clock that was ahead.</summary>
    private static bool IsLooked(LockRefusal refusal, int rounds, DateTimeOffset wall) =>
        wall >= refusal.LookedAt + BackOff.BetweenRounds(Math.Max(0, rounds - 1), BackOff.Longest)
        || refusal.LookedAt - wall > Look + WallTime.Slack;
}
