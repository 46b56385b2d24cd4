using System.Collections.Immutable;
using Havm.Core.Fencing;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Liveness;

/// <summary>When a silent node's BMC is asked for its power state.</summary>
public static class PowerQuestion
{
    /// <summary>An unanswered question is given up so long after its own time is over.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Time between two questions, first while every tenth counts, then while a person is waited for.
    /// </summary>
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan SoonByProgram = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Urgent = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How often the BMC of a node that speaks is looked at, at least: a BMC that is gone is told before it is needed,
    /// and the connection is warm when it is.
    /// </summary>
    private static readonly TimeSpan Routine = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Looks that fall due within so long are made together: each answer is a round of its own otherwise, and a
    /// thousand nodes would have one each few hundredths of a second.
    /// </summary>
    private static readonly TimeSpan Together = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The questions that keep a healthy node's fences known; null while the last answers are young enough.
    /// </summary>
    internal static IEnumerable<Proposal>? Look(Cluster cluster, NodeRecord node, NodeHeard heard, Instant now)
    {
        // Asked of every node in every round: where nothing is due not even its spec is looked up. A method that was
        // added since is asked with the next that is due.
        var due = heard.Rungs.IsEmpty;
        for (var place = 0; place < heard.Rungs.Length && !due; place++)
        {
            due = now >= LookDue(cluster.Office, heard.Rungs[place]);
        }

        return due ? LookAtDue(cluster, node, heard, now) : null;
    }

    private static IEnumerable<Proposal> LookAtDue(Cluster cluster, NodeRecord node, NodeHeard heard, Instant now)
    {
        Proposal?[] looks =
        [
            Ask(cluster, node, heard, $"the BMC of {node.Name} is looked at", now,
                (rung, _, _) => now >= LookDue(cluster.Office, rung)),
            node.Cut is null ? StorageQuestion.For(cluster, node, heard, now) : null,
        ];
        return looks.OfType<Proposal>();
    }

    /// <summary>When a method of a node that speaks is looked at again; one that was never asked is due.</summary>
    public static Instant LookDue(Office office, RungHeard rung)
    {
        if (rung.Power is not [.., var newest])
        {
            return Instant.Origin;
        }

        if (newest.State == PowerState.Unknown)
        {
            return newest.AskedAt + Later;
        }

        var latest = newest.AskedAt + Routine;
        return latest - TimeSpan.FromTicks((latest - office.Since).Ticks % Together.Ticks);
    }

    /// <summary>
    /// Null when there is no BMC, an answer is under way, or the last one is too young to be asked again.
    /// </summary>
    internal static Proposal? For(Cluster cluster, NodeRecord node, NodeHeard heard, TimeSpan silence, Instant now)
    {
        var off = BootProof.FirstOff(cluster, node, heard);
        return Ask(cluster, node, heard, $"{node.Name} is suspect: its BMC is asked", now, IsDue);

        // A first Off is followed up at once: the second is the proof. So is what may speak against it.
        bool IsDue(RungHeard rung, FenceMethod method, int place) => rung.Power is not [.., var newest]
            || (newest.State == PowerState.Off && !rung.Lied && !BootProof.SaysOffTwice(node, heard, rung))
            || (method.SeesMachine && newest.AskedAt < off)
            || now - newest.AskedAt >= Pause(method, place);

        // Each question to others starts a program, and a rack of silent nodes would start a crowd of them.
        TimeSpan Pause(FenceMethod method, int place) =>
            silence >= Urgent || place != (node.Fence?.Rung ?? 0) ? Later
            : method.Driver == FenceDriver.Redfish ? Soon
            : SoonByProgram;
    }

    /// <summary>The question that shows whether a node that was proven off has its power back.</summary>
    internal static Proposal? WhileDark(Cluster cluster, NodeRecord node, NodeHeard heard, Instant now) => Ask(
        cluster, node, heard, $"{node.Name} is to come back: its BMC is asked", now,
        (rung, _, _) => rung.Power is not [.., var newest] || now - newest.AskedAt >= Later);

    /// <param name="due">Whether one method, at its place in the ladder, is to be asked now.</param>
    private static Proposal? Ask(
        Cluster cluster, NodeRecord node, NodeHeard heard, string why, Instant now,
        Func<RungHeard, FenceMethod, int, bool> due)
    {
        if (node.Boot is not { } boot || cluster.Ledger.NodeSpecOf(node.Name)?.Rungs is not { } rungs)
        {
            return null;
        }

        ImmutableArray<Command> asks =
        [
            .. from place in Enumerable.Range(0, rungs.Length)
               let rung = heard.Rung(place)
               let waiting = rung.AskedAt is { } asked && now - asked < rungs[place].ReadWithin + Slack
               where !waiting && due(rung, rungs[place], place)
               select new ReadPower(node.Name, rungs[place], boot) { Rung = place },
        ];
        return asks.IsEmpty
            ? null
            : new Proposal(null, new Reason("liveness", "readPower", why)) { Commands = asks, Told = false };
    }
}
