using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Leases;

/// <summary>
/// What a long lease means on the controller's side: what nodes are told of it, who may hold it, and from when on it
/// surely binds nobody. Each host counts it from *sending* the beat that was answered with it and to a fixed end; the
/// controller counts its whole length from granting it. A leader that did not grant it itself cannot know how much of
/// it has passed on any monotonic clock, so it counts the whole length again, from taking office.
/// </summary>
public static class LongLeaseRule
{
    /// <summary>Shortest that can be ordered: less is what an ordinary lease bears, or nearly.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromMinutes(1);

    /// <summary>Longest that can be ordered: for so long no lease proves anything, if its end is never told.</summary>
    public static readonly TimeSpan Most = TimeSpan.FromHours(24);

    /// <summary>
    /// When the last long lease surely ends for everybody; a lease's age is counted from here at the earliest. The
    /// past, when there is none.
    /// </summary>
    public static Instant EndsAt(Cluster cluster)
    {
        if (cluster.Ledger.LongLease is not { State: not LongLeaseState.Over } lease)
        {
            return Instant.Origin;
        }

        var end = NaturalEnd(cluster.Office, lease);
        return lease.State == LongLeaseState.Ending && Acknowledged(cluster, lease) is { } told && told < end
            ? told
            : end;
    }

    /// <summary>The end of its whole length, as this leader counts it.</summary>
    public static Instant NaturalEnd(Office office, LongLease lease) =>
        (office.LongLeaseGranted ?? office.Since) + LeaseTerms.Default.OnOurClock(lease.Length);

    /// <summary>
    /// What a beat that renews a lease is answered with. Only the term that made a long lease gives it, because only
    /// that one knows how much of it is left; its end is told by every term.
    /// </summary>
    public static LongLeaseWord? Word(Cluster committed, Instant now) => committed.Ledger.LongLease switch
    {
        { State: LongLeaseState.Granted } lease when committed.Office.LongLeaseGranted is { } since
            && since + lease.Length > now => new LongLeaseWord(lease.Name, since + lease.Length - now),
        { State: LongLeaseState.Ending } lease => new LongLeaseWord(lease.Name, null),
        _ => null,
    };

    /// <summary>Nodes that may hold it, for all we have heard: those that have not made its end durable.</summary>
    public static ImmutableArray<NodeName> MayHold(Cluster cluster, LongLease lease) =>
    [
        .. cluster.Ledger.Nodes.Values
            .Where(n => CanHold(n) && !HasEnded(cluster.HeardOf(n.Name), n, lease))
            .Select(n => n.Name),
    ];

    /// <summary>Nodes whose warden has said that it holds it, durably.</summary>
    public static ImmutableArray<NodeName> Holding(Cluster cluster, LongLease lease) =>
    [
        .. cluster.Ledger.Nodes.Values
            .Where(n => CanHold(n) && cluster.HeardOf(n.Name) is var heard && heard.Boot == n.Boot
                && heard.LongLease.Held == lease.Name)
            .Select(n => n.Name),
    ];

    /// <summary>
    /// A node that names a long lease later than any on record: this state is a copy or a restored backup, older than
    /// a promise that nodes rely on. Null: it names none such.
    /// </summary>
    public static LongLeaseName? Unknown(Cluster cluster, WardenBeatHeard beat)
    {
        if (beat.LongLease is not { } seen)
        {
            return null;
        }

        var named = seen.Held > seen.Ended ? seen.Held : seen.Ended;
        return named > (cluster.Ledger.LongLease?.Name ?? LongLeaseName.None)
            ? named
            : null;
    }

    /// <summary>The name of the next one: greater than any before, whatever became of their terms.</summary>
    public static LongLeaseName Next(Cluster cluster, Epoch epoch)
    {
        var last = cluster.Ledger.LongLease?.Name ?? LongLeaseName.None;
        return new LongLeaseName(last.Epoch > epoch ? last.Epoch : epoch, last.Number + 1);
    }

    /// <summary>
    /// An adopted state may have lost the record of a long lease, and a node that says nothing may hold it. So the
    /// longest one that can be is ended: every node's word frees, or the time that no long lease outlasts.
    /// </summary>
    public static Proposal Feared(Cluster cluster)
    {
        var office = cluster.Office;
        var seen = office.HighestSeen > office.Epoch ? office.HighestSeen : office.Epoch;
        var why = new Reason("leases", "longLeaseFeared",
            "this state was adopted: the one it replaces may have granted a long lease that it knows nothing of; "
                + "no lease is a proof until every node has said that it holds none");
        var lease = new LongLease
        {
            Name = Next(cluster, seen.Next),
            Length = Most,
            State = LongLeaseState.Ending,
            Why = why,
            GrantedAt = cluster.Wall,
        };
        return new Proposal(new LongLeaseFeared(lease), why);
    }

    /// <summary>When the last node that could hold it said that it is ended; null: one has not.</summary>
    private static Instant? Acknowledged(Cluster cluster, LongLease lease)
    {
        var last = cluster.Office.Since;
        foreach (var node in cluster.Ledger.Nodes.Values.Where(CanHold))
        {
            var heard = cluster.HeardOf(node.Name);
            if (!HasEnded(heard, node, lease) || heard.LongLeaseEndedAt is not { } at)
            {
                return null;
            }

            last = Instant.Max(last, at);
        }

        return last;
    }

    /// <summary>A boot that was never heard was never answered, and one proven off holds nothing.</summary>
    private static bool CanHold(NodeRecord node) =>
        node is { Boot: not null, Phase: not (NodePhase.Unseen or NodePhase.Dead) };

    private static bool HasEnded(NodeHeard heard, NodeRecord node, LongLease lease) =>
        heard.Boot == node.Boot && heard.LongLease.Ended >= lease.Name;
}
