using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Guards;

/// <summary>
/// Remembers since when guards hold what, and writes it into the incidents it belongs to: what was held, by whom and
/// for how long stays on record when it is over. A verdict is held before there is an incident; that hold is written
/// when the incident opens. Decides nothing.
/// </summary>
public static class HoldBook
{
    public static ImmutableSortedDictionary<string, HoldSpan> Of(IEnumerable<HoldSpan> spans) =>
        spans.DistinctBy(KeyOf).ToImmutableSortedDictionary(KeyOf, span => span, StringComparer.Ordinal);

    /// <summary>For the end of a round, when all that is held this time is known.</summary>
    public static void Keep(DecisionDraft draft, Instant now)
    {
        var before = draft.Cluster.Holds;
        var holds = Now(draft, before);
        foreach (var incident in draft.Cluster.Ledger.Incidents.Values.Where(i => i.Open))
        {
            if (holds.IsEmpty && before.IsEmpty && incident.Held.IsEmpty)
            {
                continue;
            }

            var spans = Spans(incident, before, holds, draft.Cluster.Wall);
            if (!spans.SequenceEqual(incident.Held))
            {
                draft.Add(
                    new Proposal(new HoldsNoted(incident.Id, spans), incident.Decision) { Told = false }, now);
            }
        }

        // What a rule that only observes would do is told as an event too, once.
        foreach (var (_, would) in holds.Where(
            hold => hold.Value.Guard == ObserveGuard.Code && !before.ContainsKey(hold.Key)))
        {
            draft.Add(new Proposal(
                new WouldHaveActed(would.Subject), new Reason("observing", would.Act, would.Message)), now);
        }

        if (!ReferenceEquals(holds, before))
        {
            draft.Hear(draft.Cluster with { Holds = holds });
        }
    }

    /// <summary>What a proposal would do, and to whom.</summary>
    public static string SubjectOf(Proposal proposal) =>
        proposal.Judges is { } node ? $"Node/{node}" : proposal.Change?.Subject ?? "";

    private static string KeyOf(HoldSpan span) => $"{span.Subject} {span.Act} {span.Guard}";

    /// <summary>The very same table where nothing began or ended.</summary>
    private static ImmutableSortedDictionary<string, HoldSpan> Now(
        DecisionDraft draft, ImmutableSortedDictionary<string, HoldSpan> before)
    {
        var now = Of(draft.Held.Select(held => new HoldSpan(
            SubjectOf(held.Proposal), held.Proposal.Reason.Code, held.Guard.Code, held.Guard.Message,
            draft.Cluster.Wall, null)));
        return before.Count == now.Count && now.Keys.All(before.ContainsKey)
            ? before
            : Of(now.Select(hold => before.GetValueOrDefault(hold.Key, hold.Value)));
    }

    private static ImmutableArray<HoldSpan> Spans(
        Incident incident, ImmutableSortedDictionary<string, HoldSpan> before,
        ImmutableSortedDictionary<string, HoldSpan> now, DateTimeOffset wall)
    {
        var spans = incident.Held.Select(span => span.Until is not null || now.ContainsKey(KeyOf(span))
            ? span : span with { Until = wall }).ToList();
        foreach (var (key, hold) in before.Where(hold => !now.ContainsKey(hold.Key)).Concat(now))
        {
            if (Concerns(incident, hold) && !spans.Exists(span => KeyOf(span) == key && span.Since == hold.Since))
            {
                spans.Add(now.ContainsKey(key) ? hold : hold with { Until = wall });
            }
        }

        return [.. spans.TakeLast(HoldSpan.Kept)];
    }

    private static bool Concerns(Incident incident, HoldSpan hold) => hold.Subject.Split('/') switch
    {
        ["Node", var node] => incident.IsAboutNode && incident.Subject == node,
        ["Instance", var instance] => incident.Instances.ContainsKey(new InstanceName(instance)),
        _ => false,
    };
}
