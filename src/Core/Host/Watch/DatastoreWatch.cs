using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Host.Watch;

/// <summary>
/// Watches the beats that nodes write to one datastore, on the reader's own clock. A beat that stands still means
/// something only if reader and datastore are well: its own beat and another node's advance.
/// </summary>
public sealed class DatastoreWatch(NodeName self, string datastore)
{
    /// <summary>A sequence that stood still for this long is stale.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(5);

    private readonly SortedDictionary<NodeName, Seen> _seen = [];

    /// <summary>Takes one complete reading; a node whose file could not be read simply stands still.</summary>
    public void Read(Instant now, IEnumerable<SeenBeat> beats)
    {
        foreach (var beat in beats)
        {
            if (!_seen.TryGetValue(beat.Node, out var before))
            {
                _seen[beat.Node] = new Seen(beat, now, false);
            }
            else if (before.Beat.Boot != beat.Boot || before.Beat.Sequence != beat.Sequence)
            {
                _seen[beat.Node] = new Seen(beat, now, true);
            }
        }
    }

    /// <summary>Every other node's beat as it looks now, by node name.</summary>
    public ImmutableArray<DatastoreSighting> Sightings(Instant now) =>
        [.. _seen.Where(seen => seen.Key != self).Select(seen => new DatastoreSighting(
            seen.Key, datastore, seen.Value.Beat.Boot, seen.Value.Beat.Sequence, now - seen.Value.Changed,
            ReaderIsHealthy(now, seen.Key)) { Reach = seen.Value.Beat.Reach })];

    /// <summary>How long a node's beat has stood still since it was seen to move; null: it was not.</summary>
    public TimeSpan? StoodStillFor(NodeName node, Instant now) =>
        _seen.TryGetValue(node, out var seen) && seen.Moved ? now - seen.Changed : null;

    private bool ReaderIsHealthy(Instant now, NodeName sighted) =>
        Advances(now, self) && _seen.Keys.Any(node => node != self && node != sighted && Advances(now, node));

    private bool Advances(Instant now, NodeName node) =>
        _seen.TryGetValue(node, out var seen) && seen.Moved && now - seen.Changed < StaleAfter;

    private sealed record Seen(SeenBeat Beat, Instant Changed, bool Moved);
}

/// <summary>A beat as it was read.</summary>
public sealed record SeenBeat(NodeName Node, BootId Boot, long Sequence, NetworkReach? Reach = null);
