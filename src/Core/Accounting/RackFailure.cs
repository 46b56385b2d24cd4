using System.Collections.Immutable;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Accounting;

/// <summary>
/// Several nodes of one rack that fell silent together: a switch or a power feed, most likely, and not each of them.
/// A way of reading the incidents of the nodes, which are decided one by one; nothing is decided on it, and nothing
/// of it is stored.
/// </summary>
/// <param name="Id">"rack-000041", after the first of its parts.</param>
/// <param name="Parts">The nodes' incidents, the first to fall silent first; at least two.</param>
public sealed record RackFailure(string Id, RackName Rack, ImmutableArray<Incident> Parts)
{
    /// <summary>
    /// Nodes that were heard last within this time of the first one fell silent together. Beats come each second and
    /// a cut reaches all ports at once, so that a few seconds are plenty; separate failures are hours apart.
    /// </summary>
    public static readonly TimeSpan Together = TimeSpan.FromSeconds(10);

    public bool Open => Parts.Any(part => part.Open);

    /// <summary>All that the incidents on record show, the oldest first.</summary>
    public static ImmutableArray<RackFailure> In(Ledger ledger) =>
    [
        .. ledger.Incidents.Values.Where(IsSilence)
            .Select(incident => (Incident: incident, Rack: RackOf(ledger, incident)))
            .Where(item => item.Rack is not null)
            .GroupBy(item => item.Rack!.Value, item => item.Incident)
            .SelectMany(rack => Groups(rack)
                .Where(parts => parts.DistinctBy(part => part.Subject).Count() > 1)
                .Select(parts => Of(rack.Key, parts)))
            .OrderBy(failure => failure.Id, StringComparer.Ordinal),
    ];

    /// <summary>The one that an incident is a part of; null: its node fell silent alone.</summary>
    public static RackFailure? With(Ledger ledger, Incident incident) => IsSilence(incident)
        ? In(ledger).FirstOrDefault(failure => failure.Parts.Any(part => part.Id == incident.Id))
        : null;

    private static RackFailure Of(RackName rack, List<Incident> parts) =>
        new($"rack-{parts.Min(part => part.Id)!.Split('-')[^1]}", rack, [.. parts]);

    private static bool IsSilence(Incident incident) =>
        incident.Kind is IncidentKind.NodeFailed or IncidentKind.NodeCutOff && incident.LastWell is not null;

    private static RackName? RackOf(Ledger ledger, Incident incident) =>
        ledger.NodeSpecOf(new NodeName(incident.Subject))?.Rack;

    private static IEnumerable<List<Incident>> Groups(IEnumerable<Incident> silences)
    {
        var group = new List<Incident>();
        foreach (var silence in silences.OrderBy(i => i.LastWell).ThenBy(i => i.Id, StringComparer.Ordinal))
        {
            if (group.Count > 0 && silence.LastWell - group[0].LastWell > Together)
            {
                yield return group;
                group = [];
            }

            group.Add(silence);
        }

        yield return group;
    }
}
