using System.Collections.Immutable;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Fencing;

/// <summary>
/// The evidence that one boot of a node is off. Made from facts alone, like <see cref="ProofOfDeath"/>.
/// </summary>
public sealed record BootProof
{
    private BootProof(BootId boot, Reason reason, bool byPower = true)
    {
        Boot = boot;
        Reason = reason;
        ByPower = byPower;
    }

    public BootId Boot { get; }

    /// <summary>Its BMC said so; else it is an operator's word.</summary>
    public bool ByPower { get; }

    public Reason Reason { get; }

    /// <summary>
    /// Time for others to read its datastore heartbeat, counted from *suspect*, before Off is taken for death: a boot
    /// that lives has written again by then, and been read. Where nobody answers it is waited for until *lost*.
    /// </summary>
    private static readonly TimeSpan OthersLook = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Two readings Off in a row, both asked after the last word of that boot, from a BMC that never said Off while
    /// this boot went on speaking or writing, and nobody sees it write now.
    /// </summary>
    public static BootProof? FromPower(
        Cluster cluster, NodeRecord node, NodeHeard heard, DatastoreEvidence datastore, Instant now)
    {
        return node.Boot is { } boot && RungSaysOff(cluster, node, heard) is { } rung && HaveLooked() && !Writes(rung)
            ? new BootProof(boot, new Reason(
                "fencing", "provenByPower",
                $"{Ladder.Name(cluster, node.Name, rung)} says Off, read twice after the last word of boot {boot}"))
            : null;

        bool Writes(int rung) => datastore.Of(node) == DatastoreWord.Fresh
            && !(heard.Rung(rung).SaidOffAt is { } off && datastore.StoppedBefore(node, heard, off));

        bool HaveLooked()
        {
            var terms = cluster.Policy.Liveness;
            return Silence.Of(heard, cluster.Office, now) >= terms.LostAfter
                || (now - Silence.Began(cluster, node, heard) >= terms.SuspectAfter + OthersLook
                    && datastore.IsLookedAt(node));
        }
    }

    /// <summary>
    /// The first of the ladder that was read Off twice in a row, where no other that sees the machine itself has said
    /// On since, and each of them was asked: an outlet may be another machine's, whatever it says. That one was asked
    /// and did not answer says nothing, neither for death nor against it.
    /// </summary>
    private static int? RungSaysOff(Cluster cluster, NodeRecord node, NodeHeard heard)
    {
        var methods = cluster.Ledger.NodeSpecOf(node.Name)?.Rungs ?? [];
        for (var place = 0; place < heard.Rungs.Length; place++)
        {
            var rung = heard.Rungs[place];
            if (SaysOffTwice(node, heard, rung) && !Others(place, rung.OffSince ?? rung.Power[^2].AskedAt))
            {
                return place;
            }
        }

        return null;

        bool Others(int place, Instant off) => Enumerable.Range(0, methods.Length).Any(other =>
            other != place && methods[other].SeesMachine
            && (heard.Rung(other).Power is not [.., var newest] || newest.AskedAt < off
                || heard.Rung(other).Power.Any(p => p.State == PowerState.On && p.AskedAt >= off)));
    }

    /// <summary>
    /// Since when one of several says Off, twice by now: what sees the machine is to be asked after that. Else null.
    /// </summary>
    internal static Instant? FirstOff(Cluster cluster, NodeRecord node, NodeHeard heard) =>
        cluster.Ledger.NodeSpecOf(node.Name)?.Rungs.Length > 1
        && heard.Rungs.FirstOrDefault(rung => SaysOffTwice(node, heard, rung)) is { } said
            ? said.OffSince
            : null;

    /// <summary>
    /// Two readings Off in a row, both asked after the last word, by what never said Off while the boot lived.
    /// </summary>
    internal static bool SaysOffTwice(NodeRecord node, NodeHeard heard, RungHeard rung)
    {
        return !rung.Lied && rung.Power is [.., var before, var last] && IsOff(before) && IsOff(last);

        bool IsOff(PowerSeen seen) => seen.State == PowerState.Off && seen.Boot == node.Boot
            && (heard.Last is not { } spoke || seen.AskedAt > spoke);
    }

    /// <summary>The operator's word for one boot: null exactly when <see cref="Contradiction"/> is not.</summary>
    public static BootProof? FromOperator(Cluster cluster, NodeRecord node, BootId boot, string actor, Instant now) =>
        Contradiction(cluster, node, boot, now) is not null ? null : new BootProof(boot, new Reason(
            "fencing", "provenByOperator",
            $"{actor} states that boot {boot} of {node.Name}, "
                + $"silent for {Silence.Of(cluster.HeardOf(node.Name), cluster.Office, now).TotalSeconds:0} s, "
                + "is not running"), byPower: false);

    /// <summary>The fresh evidence that speaks against the operator's word; null when there is none.</summary>
    public static string? Contradiction(Cluster cluster, NodeRecord node, BootId boot, Instant now)
    {
        var heard = cluster.HeardOf(node.Name);
        var silence = Silence.Of(heard, cluster.Office, now);
        if (node.Boot != boot)
        {
            return $"boot {boot} is not the one on record ({node.Boot?.Value ?? "none"})";
        }

        if (node is { Phase: NodePhase.Dead, Unaccounted: false })
        {
            return "is already proven dead";
        }

        if (silence < cluster.Policy.Liveness.LostAfter)
        {
            return heard.Last is { } last
                ? $"was heard {(now - last).TotalSeconds:0.0} s ago"
                : $"may be heard yet: this controller has listened for {silence.TotalSeconds:0.0} s only";
        }

        if (Ladder.SeenOn(cluster, node, heard, boot))
        {
            return "has its power on: so says its BMC";
        }

        if (new DatastoreEvidence(cluster, now).Of(node) == DatastoreWord.Fresh)
        {
            return "writes its datastore heartbeat, so it lives";
        }

        if (NetworkEvidence.ReachedBy(cluster, node, heard, now) is { } asker)
        {
            return $"answered {asker} at {NetworkEvidence.AddressOf(node, heard)} a moment ago, "
                + "so something runs there; where that is another machine by now, take the address from it meanwhile";
        }

        return GuestEvidence.Within(cluster, node, GuestEvidence.Fresh, now) is { IsEmpty: false } guests
            ? $"runs {string.Join(", ", guests)}, which answered on their own network a moment ago"
            : null;
    }
}
