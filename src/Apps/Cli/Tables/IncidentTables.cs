using Havm.Cli.Output;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Cli.Tables;

internal static class IncidentTables
{
    public static void List(ListView<IncidentView> incidents, Page page)
    {
        var table = new TextTable(
            new("ID"), new("KIND"), new("SUBJECT"), new("PHASE"), new("OPENED", 1, Right: true), new("OPENED AT", 4),
            new("TOTAL", 2, Right: true), new("DECISION", 3, Stretch: true));
        foreach (IncidentView each in incidents.Items)
        {
            table.Add(
                each.Id, each.Kind, each.Subject, Tones.Phase(each.Phase), Times.Ago(each.OpenedAt),
                Times.Absolute(each.OpenedAt), Times.Measured(each.Phases.TotalSeconds), each.Decision.Message);
        }

        page.Table(table, "There were no incidents.");
    }

    public static void Show(IncidentView incident, Page page)
    {
        page.Field("Incident", new Cell(incident.Id, Tone.Strong));
        page.Field("Kind", incident.Kind);
        page.Field("Subject", incident.Subject);
        page.Field("Phase", Tones.Phase(incident.Phase));
        page.Field("Opened", Times.Both(incident.OpenedAt));
        page.Field("Closed", Times.Both(incident.ClosedAt));
        page.Field("Decision", incident.Decision.ToString());
        page.Field("Proof", incident.Proof is { } proof
            ? $"{proof.Method}: {proof.Message} ({Times.Absolute(proof.At)})"
            : Times.None);
        page.Field("Confirmed", Times.Both(incident.Confirmed));
        page.Heading("Evidence");
        foreach (Evidence each in incident.Evidence)
        {
            page.Text($"- {each.Source}: {each.Message}", 2);
        }

        page.Heading("Phases");
        TextTable phases = PhaseTable("");
        AddPhases(phases, "whole", "", incident.Phases);
        foreach (IncidentInstanceView each in incident.Instances)
        {
            AddPhases(
                phases, each.Instance, $"{each.From ?? Times.None} > {each.To ?? "?"}, {each.Outcome}", each.Phases);
        }

        page.Table(phases, "");
        Parts.Held(page, incident.Held);
    }

    private static TextTable PhaseTable(string first) => new(
        new(first), new("DETECT", Right: true), new("DECIDE", 1, Right: true), new("FENCE", Right: true),
        new("PLACE", 1, Right: true), new("START", Right: true), new("READY", Right: true), new("TOTAL", Right: true),
        new("WHERE", 2));

    private static void AddPhases(TextTable table, string name, string where, PhasesView phases) => table.Add(
        name, Times.Measured(phases.DetectSeconds), Times.Measured(phases.DecideSeconds),
        Times.Measured(phases.FenceSeconds), Times.Measured(phases.PlaceSeconds), Times.Measured(phases.StartSeconds),
        Times.Measured(phases.GuestReadySeconds), Times.Measured(phases.TotalSeconds), where);
}
