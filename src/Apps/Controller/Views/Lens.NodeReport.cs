using Havm.Core.Records;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Controller.Views;

internal sealed partial record Lens
{
    /// <summary>All that is on record of a machine's failures.</summary>
    public NodeReportView NodeReport(NodeRecord node)
    {
        var subject = $"Node/{node.Name}";
        return new NodeReportView
        {
            Node = Node(node),
            Uuid = Cluster.Ledger.NodeSpecOf(node.Name)?.Rungs
                .Select(rung => rung.Uuid).FirstOrDefault(uuid => uuid is not null),
            Departures =
            [
                .. node.Departures.Select(gone => new DepartureView(
                    gone.At, Word.Of(gone.Kind), gone.Boot?.Value, gone.BackAt, gone.Counts, gone.Why.Message,
                    [.. gone.Why.Evidence.Select(fact => $"{fact.Source}: {fact.Message}")], gone.Incident)),
            ],
            Incidents =
            [
                .. Cluster.Ledger.Incidents.Values
                    .Where(incident => incident.IsAboutNode && incident.Subject == node.Name.Value)
                    .OrderBy(incident => incident.DetectedAt).ThenBy(incident => incident.Id, StringComparer.Ordinal)
                    .Select(incident => new ReportedIncidentView(
                        incident.Id, Word.Of(incident.Kind), incident.DetectedAt, incident.Decision.Message,
                        incident.Proof?.Message, incident.Outcome)),
            ],
            Events =
            [
                .. Told().Where(told => told.Subject == subject)
                    .Select(told => new ReportedEventView(told.At, told.Name, told.Reason.Message)),
            ],
            Confirmed = Moment.Of(Wall, TimeSpan.Zero),
        };
    }
}
