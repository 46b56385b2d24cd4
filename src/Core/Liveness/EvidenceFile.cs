using System.Collections.Immutable;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Liveness;

/// <summary>Writes down, for people, every fact a verdict about a node rests on.</summary>
public static class EvidenceFile
{
    public static ImmutableArray<Evidence> About(
        Cluster cluster, NodeRecord node, NodeHeard heard, DatastoreEvidence datastore, Instant now)
    {
        var silence = Silence.Of(heard, cluster.Office, now);
        var facts = ImmutableArray.CreateBuilder<Evidence>();
        facts.Add(new("heartbeat", heard.Last is { } last
            ? $"last heard {(now - last).TotalSeconds:0.0} s ago (boot {node.Boot})"
            : $"not heard since this controller took office {silence.TotalSeconds:0.0} s ago"));
        facts.Add(new("stream", Stream("warden", heard.Warden, now) + ", " + Stream("agent", heard.Agent, now)));
        facts.AddRange(Power(cluster, node, heard, now));
        foreach (var sighting in datastore.About(node).DistinctBy(s => s.ReaderRack).Take(2))
        {
            facts.Add(new("datastore",
                $"heartbeat on {sighting.Seen.Datastore} unchanged for {sighting.Still.TotalSeconds:0.0} s"
                    + (sighting.ReaderRack is { } rack ? $", read from rack {rack}" : "")));
        }

        facts.AddRange(NetworkEvidence.About(cluster, node, heard, datastore, now));
        return facts.ToImmutable();
    }

    private static IEnumerable<Evidence> Power(Cluster cluster, NodeRecord node, NodeHeard heard, Instant now)
    {
        var ladder = cluster.Ledger.NodeSpecOf(node.Name)?.Rungs ?? [];
        if (ladder.IsEmpty)
        {
            yield return new("bmc", "none is configured");
        }

        for (var place = 0; place < ladder.Length; place++)
        {
            var who = ladder.Length == 1 ? "" : $"rung {place + 1}, {ladder[place].Place}: ";
            yield return new("bmc", who + heard.Rung(place) switch
            {
                { Lied: true } => "said Off while this boot went on speaking, so it is not believed",
                { Power: [.., var newest] } => (newest.Trouble.Length > 0 ? newest.Trouble : $"says {newest.State}")
                    + $" ({(now - newest.AskedAt).TotalSeconds:0.0} s ago)",
                _ => "has not answered yet",
            });
        }

        foreach (var method in cluster.Ledger.NodeSpecOf(node.Name)?.Cuts ?? [])
        {
            yield return new("storage", $"{method.Place}: " + heard.CutBy(method) switch
            {
                { Power: [.., var newest] } => (newest.Trouble.Length > 0 ? newest.Trouble
                    : $"says {newest.State} of {string.Join(", ", method.Datastores)}")
                    + $" ({(now - newest.AskedAt).TotalSeconds:0.0} s ago)",
                _ => "has not answered yet",
            });
        }
    }

    private static string Stream(string process, Voice voice, Instant now) => voice switch
    {
        { At: null } => $"{process} never spoke",
        { BrokenAt: { } broken } => $"{process}'s stream ended {(now - broken).TotalSeconds:0.0} s ago",
        _ => $"{process}'s stream is open and silent",
    };
}
