using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Liveness;

/// <summary>
/// What is still reached of a silent node's network: by its own word beside its datastore heartbeat, and by others who
/// ask for it at its address. It tells a node that has some network from one that has none, and decides nothing: both
/// are cut off from us. That nothing answers shows nothing, because nobody has to answer an echo.
/// </summary>
public static class NetworkEvidence
{
    /// <summary>
    /// What is older says nothing of now. Nodes are asked for every 2 s, so that one question may be lost.
    /// </summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    /// <summary>Whether it has some network: it reaches an address or a controller, or others reach it.</summary>
    public static bool HasSome(NodeRecord node, NodeHeard heard, DatastoreEvidence datastore, Instant now) =>
        Answered(heard, now) is not null || OwnWord(node, datastore) is { IsSome: true };

    /// <summary>Both, for people; nothing where nothing is known.</summary>
    internal static IEnumerable<Evidence> About(
        NodeRecord node, NodeHeard heard, DatastoreEvidence datastore, Instant now)
    {
        if (Answered(heard, now) is { } asker)
        {
            yield return new("network", $"{asker} reaches it at {heard.Address}");
        }
        else if (heard.AskedForAt is not null)
        {
            yield return new("network", $"it answers nobody at {heard.Address}");
        }

        if (OwnWord(node, datastore) is { } reach)
        {
            yield return new("network", reach.IsSome
                ? "writes beside its heartbeat that it reaches " + string.Join(" and ", Words(reach))
                : "writes beside its heartbeat that it reaches no controller and no isolation address");
        }
    }

    private static NodeName? Answered(NodeHeard heard, Instant now) =>
        heard.Reached is { } reached && now - reached.At < Fresh ? reached.By : null;

    /// <summary>What it wrote last, where that still moves.</summary>
    private static NetworkReach? OwnWord(NodeRecord node, DatastoreEvidence datastore) => datastore.About(node)
        .Where(sighting => sighting.Seen.Reach is not null && sighting.Still < Fresh)
        .MinBy(sighting => sighting.Still)?.Seen.Reach;

    private static IEnumerable<string> Words(NetworkReach reach)
    {
        if (!reach.Controllers.IsEmpty)
        {
            yield return "controller " + string.Join(", ", reach.Controllers);
        }

        if (!reach.Answering.IsEmpty)
        {
            yield return "isolation address " + string.Join(", ", reach.Answering);
        }
    }
}
