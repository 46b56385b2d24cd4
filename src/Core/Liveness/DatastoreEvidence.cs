using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Liveness;

/// <summary>What shared storage says about a silent node.</summary>
public enum DatastoreWord
{
    /// <summary>Its sequence advances.</summary>
    Fresh,

    /// <summary>Its sequence stands still while a healthy reader sees others advance.</summary>
    Stale,

    /// <summary>No healthy reader can tell.</summary>
    Silent,
}

/// <summary>
/// Reads a node's datastore heartbeat through the reports of nodes in other racks. Only a reader whose own write and
/// read work, and that sees another node advance on the same datastore, is believed (SAFETY: verdicts).
/// </summary>
public static class DatastoreEvidence
{
    /// <summary>A sequence that stood still this long on the reader's clock is stale.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ReaderFresh = TimeSpan.FromSeconds(2);

    public static DatastoreWord Of(Cluster cluster, NodeRecord node, Instant now)
    {
        var word = DatastoreWord.Silent;
        foreach (var (sighting, age) in Sightings(cluster, node, now))
        {
            var still = sighting.UnchangedFor + age;
            if (sighting.UnchangedFor < StaleAfter && still < StaleAfter)
            {
                return DatastoreWord.Fresh;
            }

            if (sighting.UnchangedFor >= StaleAfter)
            {
                word = DatastoreWord.Stale;
            }
        }

        return word;
    }

    /// <summary>What healthy readers in other racks last reported about this boot, with the age of that report.</summary>
    public static IEnumerable<(DatastoreSighting Sighting, TimeSpan Age)> Sightings(Cluster cluster, NodeRecord node, Instant now)
    {
        var rack = cluster.Ledger.NodeSpecOf(node.Name)?.Rack;
        foreach (var (name, heard) in cluster.Heard)
        {
            if (name == node.Name || heard.Report is not { } report || heard.ReportConfirmed is not { } at
                || now - at > ReaderFresh || cluster.Ledger.NodeSpecOf(name)?.Rack == rack)
            {
                continue;
            }

            foreach (var sighting in report.Sightings)
            {
                if (sighting.Node == node.Name && sighting.Boot == node.Boot && sighting.ReaderHealthy)
                {
                    yield return (sighting, now - at);
                }
            }
        }
    }
}
