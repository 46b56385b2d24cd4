using System.Collections.Immutable;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Liveness;

/// <summary>
/// Which agents are asked to ask for a silent node at its own address, and how often: neighbours of its rack, who are
/// nearest to it, and then others. Asked from *suspect* on, so that the answer is there when the verdict is.
/// </summary>
internal static class NodeQuestion
{
    private const int Neighbours = 2;
    private const int Askers = 3;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Urgent = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Null when its address is not known, when it was asked for just now, or when nobody can be asked.
    /// </summary>
    public static Proposal? For(
        NodeRecord node, NodeHeard heard, TimeSpan silence, HeartbeatReaders readers, Instant now)
    {
        if (NetworkEvidence.AddressOf(node, heard) is not { } address
            || (heard.AskedForAt is { } asked && now - asked < (silence < Urgent ? Soon : Later)))
        {
            return null;
        }

        ImmutableArray<Command> questions =
        [
            .. readers.NeighboursOf(node.Name).Take(Neighbours).Union(readers.OthersFor(node.Name)).Take(Askers)
                .Select(asker => new AskNode(asker, node.Name, address)),
        ];
        return questions.IsEmpty ? null : new Proposal(
            null, new Reason("liveness", "askNode", $"{node.Name} is silent: others ask for it at {address}"))
        {
            Commands = questions,
            Told = false,
        };
    }
}
