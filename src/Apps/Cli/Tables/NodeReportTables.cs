using Havm.Cli.Output;
using Havm.Wire.Api;

namespace Havm.Cli.Tables;

/// <summary>The repair report: plain text to be pasted into somebody's ticket.</summary>
internal static class NodeReportTables
{
    public static void Show(NodeReportView report, Page page)
    {
        NodeView node = report.Node;
        page.Field("Machine", new Cell(node.Name, Tone.Strong));
        page.Field("Rack", node.Rack);
        page.Field("UUID", report.Uuid);
        page.Field("Power", node.Fencing.IsEmpty ? "nothing switches it"
            : string.Join("; ", node.Fencing.Select(Power)));
        page.Field("State", $"{node.Phase}, {node.Fitness}");
        page.Field("Since", node.Reason?.Message);
        page.Field("Made at", Times.Absolute(report.Confirmed));
        ConditionView? wears = node.Conditions.FirstOrDefault(condition => condition.Type == ConditionView.Wears);
        if (wears is not null)
        {
            page.Field("Sensors", wears.Message);
        }

        NodeTables.Diagnosis(node.Diagnosis, page);
        page.Heading("Went unannounced");
        foreach (DepartureView gone in report.Departures)
        {
            string back = gone.BackAt is { } at ? $"back {Utc(at)}" : "not back";
            page.Text($"{Utc(gone.At)} {gone.Kind}, {back}{(gone.Counts ? "" : ", not counted")}: {gone.Message}"
                + (gone.Incident is { } id ? $" [{id}]" : ""), 2);
            foreach (string fact in gone.Evidence)
            {
                page.Text(fact, 4);
            }
        }

        if (report.Departures.IsEmpty)
        {
            page.Text("never, as far as is known", 2);
        }

        page.Heading("Incidents");
        foreach (ReportedIncidentView incident in report.Incidents)
        {
            page.Text($"{Utc(incident.At)} {incident.Id} {incident.Kind}: {incident.Message}", 2);
            page.Text($"proof: {incident.Proof ?? "none"}; outcome: {incident.Outcome ?? "open"}", 4);
        }

        if (report.Incidents.IsEmpty)
        {
            page.Text("none on record", 2);
        }

        page.Heading("What was seen and ordered");
        foreach (ReportedEventView told in report.Events)
        {
            page.Text($"{Utc(told.At)} {told.Name}: {told.Message}", 2);
        }
    }

    private static string Power(BmcView bmc) =>
        $"{bmc.Url} says {States(bmc)}" + (bmc.Trouble is { } trouble ? $" ({trouble})" : "");

    /// <summary>What it says, in words for power and for storage.</summary>
    internal static string States(BmcView bmc) => (bmc.Datastores, bmc.Power) switch
    {
        ({ IsEmpty: true }, var power) => $"power {power}",
        (var datastores, "on") => $"{string.Join(", ", datastores)} takes its writes",
        (var datastores, "off") => $"{string.Join(", ", datastores)} refuses its writes",
        (var datastores, _) => $"nothing of {string.Join(", ", datastores)}",
    };

    private static string Utc(DateTimeOffset at) => Times.Absolute(new Moment(at, 0));
}
