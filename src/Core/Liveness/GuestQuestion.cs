using System.Collections.Immutable;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Liveness;

/// <summary>
/// Which agents are asked to ask the guests of a silent node on their own network, and how often. Asked from *suspect*
/// on, so that the answer is there when the verdict is; not where all evidence is silent, and not where nothing that
/// runs there would keep the node from its fence.
/// </summary>
internal static class GuestQuestion
{
    private const int Askers = 3;

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);

    /// <summary>Null when nothing is to be asked, when it was asked just now, or when nobody can be.</summary>
    public static Proposal? For(
        Cluster cluster, NodeRecord node, NodeHeard heard, HeartbeatReaders readers, Instant now)
    {
        if (node.Verdict == NodeVerdict.Failed || (heard.GuestsAskedAt is { } asked && now - asked < Again)
            || CardsOn(cluster, node) is not { IsEmpty: false } cards)
        {
            return null;
        }

        ImmutableArray<Command> questions =
        [
            .. readers.For(node.Name).Take(Askers).Select(asker => new AskGuests(asker, node.Name, cards)),
        ];
        return questions.IsEmpty ? null : new Proposal(
            null, new Reason("liveness", "askGuests", $"{node.Name} is silent: others ask its guests"))
        {
            Commands = questions,
            Told = false,
        };
    }

    /// <summary>One card of each guest, so that many cards of few guests do not hide the others.</summary>
    private static ImmutableArray<GuestCard> CardsOn(Cluster cluster, NodeRecord node) =>
    [
        .. cluster.Ledger.Instances.Touching(node.Name)
            .Where(instance => !instance.Machine.Nics.IsEmpty && GuestEvidence.SpeaksFor(node, instance))
            .Select(instance => new GuestCard(
                instance.Name, instance.Machine.Nics[0].Mac, instance.Machine.Nics[0].Address.Split('/')[0]))
            .OrderBy(card => card.Instance).Take(GuestCard.AtOnce),
    ];
}
