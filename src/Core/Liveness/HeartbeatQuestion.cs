using System.Collections.Immutable;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Liveness;

/// <summary>Which agents are asked how the datastore heartbeat of a silent node looks, and how often.</summary>
internal static class HeartbeatQuestion
{
    private const int Readers = 3;

    /// <summary>
    /// Asked again before the question expires at its reader, and soon enough to replace one that fell silent.
    /// </summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);

    /// <summary>While a verdict is young or an order stands, every tenth of a second counts.</summary>
    private static readonly TimeSpan Urgent = TimeSpan.FromSeconds(10);

    /// <summary>Null when the last question is too young to be asked again, or nobody can be asked.</summary>
    public static Proposal? For(
        NodeRecord node, NodeHeard heard, TimeSpan silence, HeartbeatReaders readers, Instant now)
    {
        if (heard.LookedAt is { } asked && now - asked < Again)
        {
            return null;
        }

        ImmutableArray<Command> questions =
        [
            .. readers.For(node.Name).Take(Readers).Select(r => new ReadHeartbeat(
                r, node.Name, silence < Urgent || node.Fence is not null || node.Cut is not null)),
        ];
        return questions.IsEmpty ? null : new Proposal(
            null, new Reason("liveness", "readHeartbeat", $"{node.Name} is suspect: others look at its heartbeat"))
        {
            Commands = questions,
            Told = false,
        };
    }
}
