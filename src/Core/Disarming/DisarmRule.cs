using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Core.Strays;
using Havm.Model;

namespace Havm.Core.Disarming;

/// <summary>
/// What a disarm means on the controller's side (SAFETY: isolation policy). A node that has heard of it lets nothing
/// end with its lease; so from the commit until every node that may have heard has acknowledged the end, and T more, no
/// lease proves anything anywhere.
/// </summary>
public static class DisarmRule
{
    /// <summary>Shortest that can be ordered.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromMinutes(1);

    /// <summary>Longest that can be ordered: for so long nothing is healed, if nobody re-arms.</summary>
    public static readonly TimeSpan Most = TimeSpan.FromHours(72);

    /// <summary>
    /// So long is looked around when people had their hands on machines: a copy that was started just before is found
    /// by its node within <see cref="StrayDecider.Settle"/>, and its seat follows as long after that; and some spare.
    /// </summary>
    public static readonly TimeSpan LookAround = (2 * StrayDecider.Settle) + TimeSpan.FromSeconds(3);

    /// <summary>The disarm in force, also while its end is looked around; null: automation is on.</summary>
    public static Disarm? InForce(Ledger ledger) =>
        ledger.Disarm is { State: DisarmState.InForce or DisarmState.LookingAround } disarm ? disarm : null;

    /// <summary>When automation is on again, and what a person can do for it.</summary>
    public static string EndOf(Disarm disarm) => disarm.State == DisarmState.LookingAround
        ? "every node has been searched for what was moved or started by hand, in some seconds"
        : $"{disarm.Until:yyyy-MM-dd HH:mm:ss}Z, or `havm arm`";

    /// <summary>Ends it: at once, or after a look around where people had their hands on machines.</summary>
    public static Proposal End(Cluster cluster, Disarm disarm, Reason why) =>
        disarm.HandsOn ? new Proposal(new LookAroundBegun(why), why) : Rearm(cluster, why);

    public static Proposal Rearm(Cluster cluster, Reason why) =>
        new(new Rearmed(Next(cluster.Ledger, cluster.Office.Epoch, AutomationMode.Armed), why), why);

    /// <summary>Since when this leader looks around; null: it does not, or that is this very round.</summary>
    public static Instant? LookingSince(Cluster cluster) =>
        cluster.Ledger.Disarm is { State: DisarmState.LookingAround, Word: var word }
        && cluster.Office.LookingAround is { } began && began.Word == word
            ? began.At
            : null;

    /// <summary>A node may let its instances outlive their lease.</summary>
    public static bool VoidsLeases(Ledger ledger) => ledger.Disarm is { State: not DisarmState.Over };

    /// <summary>The next word: greater than any before, whatever became of their terms.</summary>
    public static Automation Next(Ledger ledger, Epoch epoch, AutomationMode mode)
    {
        var last = ledger.Disarm?.Word;
        return new Automation(last is { } before && before.Epoch > epoch ? before.Epoch : epoch,
            (last?.Number ?? 0) + 1, mode);
    }

    /// <summary>
    /// Nodes that have not acknowledged the newest word: of a disarm they may still stop their own, of its end they may
    /// still hold to it.
    /// </summary>
    public static ImmutableArray<NodeName> Missing(Cluster cluster, Disarm disarm) =>
    [
        .. cluster.Ledger.Nodes.Values
            .Where(n => CanHold(n) && !Knows(cluster.HeardOf(n.Name), n, disarm.Word))
            .Select(n => n.Name),
    ];

    /// <summary>When the last node that could hold to it acknowledged its end; null: one has not.</summary>
    public static Instant? Acknowledged(Cluster cluster, Disarm disarm)
    {
        var last = cluster.Office.Since;
        foreach (var node in cluster.Ledger.Nodes.Values.Where(CanHold))
        {
            var heard = cluster.HeardOf(node.Name);
            if (!Knows(heard, node, disarm.Word) || heard.AutomationToldAt is not { } at)
            {
                return null;
            }

            last = Instant.Max(last, at);
        }

        return last;
    }

    /// <summary>
    /// When this leader, re-armed, began to listen anew: what it concludes from silence rests on what it heard since
    /// (SAFETY: leaders). Null: it was not, or that is this very round.
    /// </summary>
    public static Instant? Listening(Cluster cluster) =>
        cluster.Ledger.Disarm is { State: DisarmState.Rearming, Word: var word }
        && cluster.Office.Rearmed is { } rearmed && rearmed.Word == word
            ? rearmed.At
            : null;

    /// <summary>
    /// Notes once when a look around began, and when automation came back on: silence is counted from there.
    /// </summary>
    public static Cluster Note(Cluster cluster, Instant now) => cluster.Ledger.Disarm switch
    {
        { State: DisarmState.LookingAround, Word: var word } when LookingSince(cluster) is null => cluster with
        {
            Office = cluster.Office with { LookingAround = new Rearming(word, now) },
        },
        { State: DisarmState.Rearming, Word: var word } when Listening(cluster) is null => cluster with
        {
            Office = cluster.Office with { Rearmed = new Rearming(word, now), ListeningSince = now },
        },
        _ => cluster,
    };

    /// <summary>
    /// An adopted state may have lost the record of a disarm, and a node may hold to it: the end of any is told, and
    /// no lease proves before every node has acknowledged that. One that this state has in force stays so: whoever
    /// adopts a state has not ordered automation on.
    /// </summary>
    public static Proposal Feared(Cluster cluster)
    {
        var office = cluster.Office;
        var seen = office.HighestSeen > office.Epoch ? office.HighestSeen : office.Epoch;
        if (InForce(cluster.Ledger) is { } disarm)
        {
            var stays = disarm.Why with { Code = "disarmAdopted" };
            return new Proposal(new DisarmFeared(disarm with
            {
                Word = Next(cluster.Ledger, seen.Next, disarm.Mode), Why = stays,
            }), stays);
        }

        var why = new Reason("disarming", "disarmFeared",
            "this state was adopted: the one it replaces may have disarmed nodes that it knows nothing of; "
                + "automation is on, and no lease is a proof until every node has acknowledged that");
        return new Proposal(new DisarmFeared(new Disarm
        {
            Word = Next(cluster.Ledger, seen.Next, AutomationMode.Armed),
            Mode = cluster.Ledger.Disarm?.Mode ?? AutomationMode.Freeze,
            State = DisarmState.Rearming,
            By = cluster.Ledger.Disarm?.By ?? "the state before",
            At = cluster.Wall,
            Until = cluster.Wall,
            Why = why,
        }), why);
    }

    /// <summary>A boot that was never heard was never answered, and one proven off holds nothing.</summary>
    private static bool CanHold(NodeRecord node) =>
        node is { Boot: not null, Phase: not (NodePhase.Unseen or NodePhase.Dead) };

    private static bool Knows(NodeHeard heard, NodeRecord node, Automation word) =>
        heard.Boot == node.Boot && heard.Report?.Automation is { } told && told.IsFrom(word);
}
