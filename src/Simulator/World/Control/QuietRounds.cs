using Havm.Core;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Simulator.World.Control;

/// <summary>
/// When the loop must run its next round without news. The production loop runs one each tenth of a second; here the
/// tenths are left out in which nothing can have come due: the last round wanted nothing, nobody and nothing is on its
/// way, and no node has been silent for long enough to be suspect. No outcome may hang on it: a test lives the same
/// life with and without.
/// </summary>
public sealed class QuietRounds(WorldSettings settings)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits of the product that count from taking office and show in no record are over by then.</summary>
    private static readonly TimeSpan AfterOffice = TimeSpan.FromSeconds(90);

    /// <summary>
    /// However quiet it is, a round is run this often: what a wait is counted by may show in no record.
    /// </summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private Instant _lastRound;

    /// <param name="cluster">As the round left it.</param>
    /// <param name="last">What the round decided.</param>
    /// <param name="now">When it ended.</param>
    public Instant NextRound(Cluster cluster, Decision last, Instant now)
    {
        _lastRound = now;
        return Next(cluster, last, now);
    }

    /// <summary>
    /// Asked when a round has come due without news: when it is due after all, because what it was due for has spoken
    /// meanwhile; null: now.
    /// </summary>
    public Instant? Later(Cluster cluster, Decision? last, Instant now) =>
        last is not null && now - _lastRound < Longest && Next(cluster, last, now) is var next
            && next - now > Tick
                ? next
                : null;

    private Instant Next(Cluster cluster, Decision last, Instant now)
    {
        var next = now + Tick;
        if (settings.LiveEveryMoment || !IsCalm(cluster, last, now))
        {
            return next;
        }

        // On the grid of tenths from this round on, as if each had been run: the first at which it has come due.
        var due = Soonest(cluster, now) - now;
        var ticks = Math.Max(1, (due.Ticks + Tick.Ticks - 1) / Tick.Ticks);
        return now + (ticks * Tick);
    }

    private static bool IsCalm(Cluster cluster, Decision last, Instant now) =>
        last.OnlyKeepsAccounts && last.Commands.IsEmpty && last.Held.IsEmpty
        && cluster.Office.Overruled is null
        && now - cluster.Office.Since >= AfterOffice
        && cluster.Ledger.LongLease is null
        && cluster.Ledger.Disarm is null or { State: DisarmState.Over }
        && !cluster.Ledger.Instances.Restless.Any()
        && cluster.Heard.Values.All(heard => heard.Strays.IsEmpty && heard.EndedUnnoticed.IsEmpty)
        && cluster.Balancers.Values.All(heard => heard.DownSince.IsEmpty)
        && cluster.Policy.Placement.Rebalance is null
        && cluster.Ledger.Nodes.Values.All(node => IsCalm(node) && !HasJustOpened(cluster, node));

    /// <summary>Instances may go back to it once it has been open for long enough.</summary>
    private static bool HasJustOpened(Cluster cluster, NodeRecord node) => node is { Phase: NodePhase.Up, Drain: null }
        && cluster.Wall - node.OpenSince <= cluster.Policy.Placement.FailbackAfter + AfterOffice;

    private static bool IsCalm(NodeRecord node) => node.Cut is null && node.Phase switch
    {
        NodePhase.Up => node.Fence is null,
        NodePhase.Unseen => true,
        NodePhase.Dead => node.PowerOn is null or { Order: null } or { GivenUp: true } or { Why: not null },
        NodePhase.Lost or NodePhase.DownByOrder => false,
    };

    /// <summary>
    /// When the first node that is up would have been silent for so long that it is suspect, or its BMC is looked at.
    /// </summary>
    private static Instant Soonest(Cluster cluster, Instant now)
    {
        var patience = cluster.Policy.Liveness.SuspectAfter;
        var soonest = now + patience;
        foreach (var node in cluster.Ledger.Nodes.Values)
        {
            if (node.Phase == NodePhase.Up)
            {
                var heard = cluster.HeardOf(node.Name);
                soonest = Earlier(soonest, (heard.Warden.At ?? now - patience) + patience);
                soonest = Earlier(soonest, (heard.Agent.At ?? now - patience) + patience);
                soonest = Earlier(soonest, LookDue(cluster, node, heard) ?? soonest);
            }
        }

        return soonest;
    }

    /// <summary>When the first of its fence methods is looked at, those never asked now; null: it has none.</summary>
    private static Instant? LookDue(Cluster cluster, NodeRecord node, NodeHeard heard)
    {
        if (heard.Rungs.IsEmpty)
        {
            return cluster.Ledger.NodeSpecOf(node.Name) is { Rungs.IsEmpty: false } ? Instant.Origin : null;
        }

        var due = PowerQuestion.LookDue(cluster.Office, heard.Rungs[0]);
        for (var place = 1; place < heard.Rungs.Length; place++)
        {
            due = Earlier(due, PowerQuestion.LookDue(cluster.Office, heard.Rungs[place]));
        }

        return due;
    }

    private static Instant Earlier(Instant a, Instant b) => a < b ? a : b;
}
