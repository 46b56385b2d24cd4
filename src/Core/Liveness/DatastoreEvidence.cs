using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Liveness;

/// <summary>What shared storage says about a silent node.</summary>
public enum DatastoreWord
{
    /// <summary>Its sequence advances.</summary>
    Fresh,

    /// <summary>Its sequence stands still while healthy readers see others advance.</summary>
    Stale,

    /// <summary>No healthy reader, or too few of them, can tell.</summary>
    Silent,
}

/// <summary>What one healthy reader last said about a node, and how long ago.</summary>
public sealed record Sighting(DatastoreSighting Seen, RackName? ReaderRack, TimeSpan Age);

/// <summary>
/// Reads nodes' datastore heartbeats through the reports of other nodes. Only a reader whose own write and read work,
/// and that sees another node advance on the same datastore, is believed. One such reader is enough to say that a node
/// lives; that it stands still takes two, in different racks where the cluster has more than one (SAFETY: verdicts).
/// Made once per round; readers are only looked through when somebody asks.
/// </summary>
public sealed class DatastoreEvidence
{
    /// <summary>A sequence that stood still this long on the reader's clock is stale.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(5);

    private const int WitnessesNeeded = 2;

    private static readonly TimeSpan ReaderFresh = TimeSpan.FromSeconds(2);

    private readonly Lazy<ILookup<NodeName, Sighting>> _sightings;
    private readonly Lazy<bool> _oneRack;

    public DatastoreEvidence(Cluster cluster, Instant now)
    {
        _sightings = new(() => All(cluster, now).ToLookup(s => s.Seen.Node));
        _oneRack = new(() => cluster.Ledger.All<NodeSpec>().Select(n => n.Spec.Rack).Distinct().Count() <= 1);
    }

    public DatastoreWord Of(NodeRecord node)
    {
        var stale = new List<RackName?>();
        foreach (var sighting in About(node))
        {
            if (sighting.Seen.UnchangedFor >= StaleAfter)
            {
                stale.Add(sighting.ReaderRack);
            }
            else if (sighting.Seen.UnchangedFor + sighting.Age < StaleAfter)
            {
                return DatastoreWord.Fresh;
            }
        }

        var witnesses = _oneRack.Value ? stale.Count : stale.Distinct().Count();
        return witnesses >= WitnessesNeeded ? DatastoreWord.Stale : DatastoreWord.Silent;
    }

    /// <summary>What healthy readers last reported about the boot on record.</summary>
    public IEnumerable<Sighting> About(NodeRecord node) =>
        _sightings.Value[node.Name].Where(s => s.Seen.Boot == node.Boot);

    private static IEnumerable<Sighting> All(Cluster cluster, Instant now)
    {
        foreach (var (reader, heard) in cluster.Heard)
        {
            if (heard.Report is not { } report || heard.ReportConfirmed is not { } at || now - at > ReaderFresh)
            {
                continue;
            }

            var rack = cluster.Ledger.NodeSpecOf(reader)?.Rack;
            foreach (var sighting in report.Sightings)
            {
                if (sighting.ReaderHealthy && sighting.Node != reader)
                {
                    yield return new Sighting(sighting, rack, now - at);
                }
            }
        }
    }
}
