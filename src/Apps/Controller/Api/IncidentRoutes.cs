using Havm.Controller.Views;
using Havm.Core.Accounting;
using Havm.Core.Records;
using Havm.Wire.Api;

namespace Havm.Controller.Api;

/// <summary>What failed, newest first; a rack's incident stands before those of its nodes.</summary>
internal static class IncidentRoutes
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/v1/incidents", List).Produces<ListView<IncidentView>>();
        app.MapGet("/v1/incidents/{id}", Show).Produces<IncidentView>().Produces<ErrorView>(404);
    }

    /// <param name="api">The controller.</param>
    /// <param name="open">Only what is open.</param>
    /// <param name="since">Only what was detected at that time or later.</param>
    /// <param name="node">Only what is about this node, or touched an instance on it.</param>
    /// <param name="kind">Only of this kind.</param>
    /// <param name="layer">Only of this layer.</param>
    private static IResult List(
        ApiContext api, bool open = false, DateTimeOffset? since = null, string? node = null, string? kind = null,
        string? layer = null)
    {
        var lens = api.Lens();
        var incidents = lens.Cluster.Ledger.Incidents.Values.ToList();
        var asked = incidents.Select(i => (View: lens.Incident(i, api.Runner.Held), About: About(i)))
            .Concat(lens.Racks.Select(r => (View: lens.RackIncident(r), About: r.Parts.SelectMany(About))))
            .Where(item => (!open || item.View.ClosedAt is null)
                && (since is null || item.View.OpenedAt.At >= since)
                && (node is null || item.About.Contains(node))
                && (kind is null || item.View.Kind == kind)
                && (layer is null || item.View.Layer == layer))
            .Select(item => item.View);
        return Results.Json(
            lens.List(asked.OrderByDescending(i => i.OpenedAt.At).ThenByDescending(i => i.Id, StringComparer.Ordinal)),
            ApiJson.Default.ListViewIncidentView);
    }

    private static IResult Show(string id, ApiContext api)
    {
        var lens = api.Lens();
        if (lens.Cluster.Ledger.Incidents.TryGetValue(id, out var incident))
        {
            return Results.Json(lens.IncidentPage(incident, api.Runner.Held), ApiJson.Default.IncidentView);
        }

        return lens.Racks.FirstOrDefault(failure => failure.Id == id) is { } rack
            ? Results.Json(lens.RackIncident(rack), ApiJson.Default.IncidentView)
            : Answers.NotFound($"Incident/{id}", "`havm incident list` lists what does");
    }

    /// <summary>Nodes that it is about, or that lost an instance by it.</summary>
    private static IEnumerable<string> About(Incident incident) =>
        incident.Instances.Values.Select(way => way.From?.Value ?? "").Append(
            incident.IsAboutNode ? incident.Subject : "");
}
