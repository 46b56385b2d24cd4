using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Healing;

/// <summary>
/// Nodes that speak and are not well: what they tell of themselves, and what is seen of them from here. It is taken on
/// record and told, with what helps; what follows from it others decide.
/// </summary>
public static class AilmentDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        foreach (var node in cluster.Ledger.Nodes.Values)
        {
            // A node that this leader has not heard yet, or that is silent, says nothing about what ails it.
            var heard = cluster.HeardOf(node.Name);
            if (node.Phase != NodePhase.Up || heard.Boot != node.Boot || heard.Report is null)
            {
                continue;
            }

            var seen = Seen(cluster, node, heard, now);
            if (seen.IsEmpty && node.Ailments.IsEmpty)
            {
                continue;
            }

            foreach (var proposal in Compare(cluster, node, seen))
            {
                yield return proposal;
            }
        }
    }

    private static IEnumerable<Proposal> Compare(Cluster cluster, NodeRecord node, ImmutableArray<NodeAilment> seen)
    {
        foreach (var over in node.Ailments.Where(known => !seen.Any(known.IsSameAs)))
        {
            var why = new Reason("healing", "ailmentEnded", $"{node.Name}: it is over that {over.Message}");
            yield return new Proposal(new AilmentEnded(node.Name, over), why) { Notes = true };
        }

        foreach (var begun in seen.Where(now => !node.Ailments.Any(now.IsSameAs)))
        {
            var why = new Reason("healing", "ailmentBegan", $"{node.Name}: {begun.Message}");
            yield return new Proposal(new AilmentBegan(node.Name, begun with { Since = cluster.Wall }), why)
            {
                Notes = true,
            };
        }

        // What a fence method says is its driver's word, and another one once the first is mended: whoever looks must
        // not mend the same again. It is the same ailment, so no event tells of it.
        foreach (var known in node.Ailments.Where(known => known.Kind is NodeAilmentKind.FenceSilent
            or NodeAilmentKind.FenceMethodSilent))
        {
            if (seen.FirstOrDefault(known.IsSameAs) is { } anew && anew.Message != known.Message)
            {
                var why = new Reason("healing", "ailmentBegan", $"{node.Name}: {anew.Message}");
                yield return new Proposal(new AilmentBegan(node.Name, anew with { Since = known.Since }), why)
                {
                    Notes = true, Told = false,
                };
            }
        }
    }

    /// <summary>All that is wrong with it now; mostly nothing, found without a list.</summary>
    private static ImmutableArray<NodeAilment> Seen(Cluster cluster, NodeRecord node, NodeHeard heard, Instant now)
    {
        var told = heard.Report!.Ailments;
        var deaf = IsDeaf(cluster, heard, now);
        var fences = SilentFences.Of(cluster, node, heard);
        if (!deaf && fences.IsEmpty && heard.LinkAilments.IsEmpty)
        {
            return told;
        }

        var all = told.AddRange(heard.LinkAilments).AddRange(fences);
        return deaf
            ? all.Add(new NodeAilment(NodeAilmentKind.Deaf, "",
                "its datagrams arrive and nothing of its streams does: it may not hear us; look at its link"))
            : all;
    }

    private static bool IsDeaf(Cluster cluster, NodeHeard heard, Instant now)
    {
        var terms = cluster.Policy.Liveness;
        return heard.Datagram is { } datagram && now - datagram < terms.SuspectAfter && heard.Warden.At is { } warden
            && now - Instant.Max(warden, cluster.Office.ListeningSince) >= terms.LostAfter;
    }
}
