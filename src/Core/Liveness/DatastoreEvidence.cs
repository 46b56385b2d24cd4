using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Liveness;

/// <summary>What shared storage says about a silent node.</summary>
public enum DatastoreWord
{
    /// <summary>It wrote after its last word to us: it lives, and is cut off.</summary>
    Fresh,

    /// <summary>Its sequence stands still while healthy readers see others advance.</summary>
    Stale,

    /// <summary>It has not moved since the node's last word, and not stood still long enough to mean that.</summary>
    Waiting,

    /// <summary>No healthy reader, or too few of them, can tell.</summary>
    Silent,
}

/// <summary>What one reader last told about a node, and how long ago.</summary>
public sealed record Sighting(DatastoreSighting Seen, RackName? ReaderRack, TimeSpan Age)
{
    /// <summary>How long the sequence has stood still, as far as it is known.</summary>
    public TimeSpan Still => Seen.UnchangedFor + Age;
}

/// <summary>
/// Reads nodes' datastore heartbeats through the agents of other nodes. That one wrote after its last word is shown by
/// a single reader, whatever state it is in, because the number it read can only have come from there. That it stands
/// still takes two readers whose own write and read work and who see another node advance on the same datastore, in
/// different racks where the cluster has more than one (SAFETY: verdicts).
/// Made once per round; readers are only looked through when somebody asks.
/// </summary>
public sealed class DatastoreEvidence
{
    /// <summary>A sequence that stood still this long on the reader's clock is stale.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(5);

    private const int WitnessesNeeded = 2;

    private static readonly TimeSpan ReaderFresh = TimeSpan.FromSeconds(2);

    /// <summary>
    /// What is written later than this after a node's last word was written by one that should have spoken again: a
    /// beat is due each second, and may be late by a quarter.
    /// </summary>
    private static readonly TimeSpan NextWordDue = TimeSpan.FromMilliseconds(1250);

    /// <summary>A change was read up to this long after it was written.</summary>
    private static readonly TimeSpan ReadPeriod = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan WrittenAndRead = TimeSpan.FromSeconds(2);

    /// <summary>A reader that looks closely tells every quarter of a second.</summary>
    private static readonly TimeSpan JustTold = TimeSpan.FromMilliseconds(500);

    private readonly Cluster _cluster;
    private readonly Instant _now;
    private readonly Lazy<ILookup<NodeName, Sighting>> _sightings;
    private readonly Lazy<bool> _oneRack;

    public DatastoreEvidence(Cluster cluster, Instant now)
    {
        _cluster = cluster;
        _now = now;
        Readers = new HeartbeatReaders(cluster, now);
        _sightings = new(() => All(cluster, now).ToLookup(s => s.Seen.Node));
        _oneRack = new(() => cluster.Ledger.All<NodeSpec>().Select(n => n.Spec.Rack).Distinct().Count() <= 1);
    }

    /// <summary>Whom more can be asked of.</summary>
    internal HeartbeatReaders Readers { get; }

    public DatastoreWord Of(NodeRecord node)
    {
        var heard = _cluster.HeardOf(node.Name);
        var standing = new List<RackName?>();
        var waiting = false;
        foreach (var sighting in About(node))
        {
            if (sighting.Still < StaleAfter && IsSince(node, heard, sighting, NextWordDue))
            {
                return DatastoreWord.Fresh;
            }

            if (sighting.Seen is { ReaderHealthy: true } seen)
            {
                waiting |= seen.UnchangedFor < StaleAfter;
                if (seen.UnchangedFor >= StaleAfter)
                {
                    standing.Add(sighting.ReaderRack);
                }
            }
        }

        var witnesses = _oneRack.Value ? standing.Count : standing.Distinct().Count();
        return witnesses >= WitnessesNeeded ? DatastoreWord.Stale
            : waiting ? DatastoreWord.Waiting
            : DatastoreWord.Silent;
    }

    /// <summary>
    /// Whether a node that was cut off has stopped for good: at least 2 s have passed since then, in which it would
    /// have written and been read, and somebody who reads it now has seen nothing that was written later.
    /// </summary>
    /// <param name="datastore">There; null: anywhere.</param>
    public bool StoppedBefore(NodeRecord node, NodeHeard heard, Instant then, string? datastore = null)
    {
        var there = About(node).Where(s => datastore is null || s.Seen.Datastore == datastore).ToList();
        return _now - then >= WrittenAndRead && there.Any(s => s.Age <= JustTold)
            && there.All(s => (heard.WrittenAt(s.Seen) ?? _now - s.Still) <= then);
    }

    /// <summary>
    /// Whether a node wrote there between two moments, later after the first than what was on its way then takes to be
    /// written and read.
    /// </summary>
    public bool WroteBetween(NodeRecord node, NodeHeard heard, Instant first, Instant last, string datastore) =>
        About(node).Any(s => s.Seen.Datastore == datastore && heard.WrittenAt(s.Seen) is { } written
            && written - first > WrittenAndRead && written < last);

    /// <summary>Whether somebody tells just now what he reads of it.</summary>
    public bool IsLookedAt(NodeRecord node) => About(node).Any(s => s.Age <= JustTold);

    /// <summary>What readers told a moment ago about the boot on record.</summary>
    public IEnumerable<Sighting> About(NodeRecord node) =>
        _sightings.Value[node.Name].Where(s => s.Seen.Boot == node.Boot);

    /// <summary>Whether a beat was written so long after the node's silence began.</summary>
    public bool IsSince(NodeRecord node, NodeHeard heard, Sighting sighting, TimeSpan after)
    {
        var written = heard.WrittenAt(sighting.Seen) ?? _now - sighting.Still - ReadPeriod;
        return written - Silence.Began(_cluster, node, heard) > after;
    }

    private static IEnumerable<Sighting> All(Cluster cluster, Instant now)
    {
        foreach (var (reader, heard) in cluster.Heard)
        {
            if (heard.Sightings.IsEmpty || now - heard.SightedAt > ReaderFresh)
            {
                continue;
            }

            var rack = cluster.Ledger.NodeSpecOf(reader)?.Rack;
            foreach (var sighting in heard.Sightings.Where(s => s.Node != reader))
            {
                yield return new Sighting(sighting, rack, now - heard.SightedAt);
            }
        }
    }
}
