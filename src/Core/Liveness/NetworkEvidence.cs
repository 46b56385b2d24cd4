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
    /// An answer counts for so long: nodes are asked for every 2 to 10 s, two questions in a row may be lost, and what
    /// comes and goes is some network.
    /// </summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(25);

    /// <summary>
    /// What a node wrote earlier than this after its silence began may tell of an answer from before: its next word was
    /// due a second later, an answer is told for 1.25 s, and a write takes a moment.
    /// </summary>
    private static readonly TimeSpan TellsOfNow = TimeSpan.FromSeconds(2.5);

    /// <summary>
    /// Whether it has some network: it reaches an address or a controller, or others reach it. Where no address is
    /// known to ask at the leader before is believed.
    /// </summary>
    public static bool HasSome(
        Cluster cluster, NodeRecord node, NodeHeard heard, DatastoreEvidence datastore, Instant now) =>
        ReachedBy(cluster, node, heard, now) is not null || OwnWord(node, heard, datastore, now) is not null
        || (AddressOf(node, heard) is null && node.Verdict == NodeVerdict.Partitioned);

    /// <summary>Where it was heard last, by this leader or one before; null: not known.</summary>
    public static string? AddressOf(NodeRecord node, NodeHeard heard) => heard.Address ?? node.Address;

    /// <summary>Who has reached a silent node at its address a moment ago; null: nobody.</summary>
    public static NodeName? ReachedBy(Cluster cluster, NodeRecord node, NodeHeard heard, Instant now) =>
        heard.Reached is { } reached && now - reached.At < Fresh && reached.At > Silence.Began(cluster, node, heard)
            ? reached.By : null;

    /// <summary>What an agent was answered, and what it has read.</summary>
    internal static Cluster Hear(Cluster cluster, AgentBeatHeard beat, Instant now)
    {
        foreach (var node in beat.Reached)
        {
            cluster = Ear.Update(cluster, node, heard => heard with { Reached = (beat.Node, now) });
        }

        foreach (var seen in beat.Sightings)
        {
            if (seen.Reach is { IsSome: true })
            {
                cluster = Ear.Update(cluster, seen.Node, heard => heard.Reaches is { } known
                    && known.Seen.Boot == seen.Boot && known.Seen.Sequence >= seen.Sequence
                        ? heard : heard with { Reaches = (seen, now) });
            }
        }

        return cluster;
    }

    /// <summary>All of it, for people; nothing where nothing is known.</summary>
    internal static IEnumerable<Evidence> About(
        Cluster cluster, NodeRecord node, NodeHeard heard, DatastoreEvidence datastore, Instant now)
    {
        if (ReachedBy(cluster, node, heard, now) is { } asker)
        {
            yield return new("network", $"{asker} reaches it at {AddressOf(node, heard)}");
        }
        else if (heard.AskedForAt is not null)
        {
            yield return new("network", $"it answers nobody at {AddressOf(node, heard)}");
        }

        if (OwnWord(node, heard, datastore, now) is { } reach)
        {
            yield return new("network",
                "writes beside its heartbeat that it reaches " + string.Join(" and ", Words(reach)));
        }
        else if (datastore.About(node).Any(sighting => sighting.Seen.Reach is { IsSome: false }
            && datastore.IsSince(node, heard, sighting, TellsOfNow)))
        {
            yield return new("network",
                "writes beside its heartbeat that it reaches no controller and no isolation address");
        }
    }

    private static NetworkReach? OwnWord(
        NodeRecord node, NodeHeard heard, DatastoreEvidence datastore, Instant now) =>
        heard.Reaches is { } told && told.Seen.Boot == node.Boot && now - told.At < Fresh
            && datastore.IsSince(node, heard, new Sighting(told.Seen, null, now - told.At), TellsOfNow)
                ? told.Seen.Reach : null;

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
