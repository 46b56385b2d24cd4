using Havm.Cli.Output;
using Havm.Wire.Api;

namespace Havm.Cli.Tables;

internal static class IncidentTables
{
    public static void List(ListView<IncidentView> incidents, Page page)
    {
        var table = new TextTable(
            new("ID"), new("LAYER", 3), new("KIND", 1), new("SUBJECT"), new("PHASE"), new("OPENED", 1, Right: true),
            new("OPENED AT", 5), new("TOTAL", 2, Right: true), new("PART OF", 4), new("DECISION", 3, Stretch: true));
        foreach (IncidentView each in incidents.Items)
        {
            table.Add(
                each.Id, each.Row > 0 ? $"{each.Row} {each.Layer}" : each.Layer, each.Kind, each.Subject,
                Tones.Phase(each.Phase), Times.Ago(each.OpenedAt), Times.Absolute(each.OpenedAt),
                Times.Measured(each.Phases.TotalSeconds), each.PartOf, each.Decision.Message);
        }

        page.Table(table, "There were no incidents.");
    }

    public static void Show(IncidentView incident, Page page)
    {
        page.Title($"Incident {incident.Id}");
        page.Text(incident.Headline);
        page.Blank();
        page.Field("Kind", incident.Row > 0
            ? $"{incident.Kind}, layer {incident.Row} ({incident.Layer})" : incident.Kind);
        page.Field("Subject", incident.Subject);
        page.FieldIfAny("Part of", incident.PartOf);
        page.FieldIfAny("Parts", string.Join(", ", incident.Parts));
        page.Field("Phase", Tones.Phase(incident.Phase));
        page.FieldIfAny("Last well", Times.Absolute(incident.Times?.LastWell));
        page.Field("Opened", Times.Both(incident.OpenedAt));
        page.Field("Closed", Times.Both(incident.ClosedAt));
        page.FieldIfAny("Outcome", incident.Outcome);
        page.FieldIfAny("Decided by", incident.DecidedBy);
        page.Field("Decision", incident.Decision.ToString());
        page.FieldIfAny("Fence ordered", Times.Absolute(incident.Times?.Fenced));
        page.Field("Proof", incident.Proof is { } proof
            ? $"{proof.Method}: {proof.Message} ({Times.Absolute(proof.At)})"
            : Times.None);
        page.Field("Confirmed", Times.Both(incident.Confirmed));
        Evidence(incident, page);
        TimeLine(incident, page);
        Ways(incident, page);
        Parts.Held(page, incident.Held);
        Holds(incident, page);
        Events(incident, page);
        if (!incident.Advice.IsEmpty)
        {
            page.Heading("What you can do");
            foreach (string each in incident.Advice)
            {
                page.Text($"- {each}", 2);
            }
        }
    }

    private static void Evidence(IncidentView incident, Page page)
    {
        var kept = incident.Instances.SelectMany(way => way.Kept.Select(path => (way.Instance, way.From, Path: path)));
        var missed = incident.Instances.Where(way => way.NotKept is not null);
        if (incident.Evidence.IsEmpty && !kept.Any() && !missed.Any())
        {
            return;
        }

        page.Heading("Evidence");
        foreach (Havm.Model.Evidence each in incident.Evidence)
        {
            page.Text($"- {each.Source}: {each.Message}", 2);
        }

        foreach (var (instance, from, path) in kept)
        {
            page.Text($"- kept of {instance} on {from}: {path}", 2);
        }

        foreach (var way in missed)
        {
            page.Text($"- not kept of {way.Instance} on {way.From}: {way.NotKept}", 2);
        }
    }

    private static void TimeLine(IncidentView incident, Page page)
    {
        if (incident.Stages.IsEmpty)
        {
            return;
        }

        string whole = Times.Measured(incident.Stages.Sum(stage => stage.Seconds));
        string from = incident.Times?.LastWell is null ? "the first sign" : "the failure";
        page.Heading($"Time line, {whole} from {from}");
        page.Drawing(PhaseBar.Lines(incident.Stages, page.Width));
    }

    private static void Ways(IncidentView incident, Page page)
    {
        if (incident.Instances.IsEmpty)
        {
            return;
        }

        page.Heading("Instances");
        var table = new TextTable(
            new("INSTANCE"), new("WAY"), new("OUTCOME", Fold: true), new("GENERATION", 4, Right: true),
            new("DETECT", 2, Right: true), new("DECIDE", 3, Right: true), new("FENCE", 2, Right: true),
            new("PLACE", 1, Right: true), new("START", 1, Right: true), new("READY", 1, Right: true),
            new("TOTAL", Right: true));
        foreach (IncidentInstanceView each in incident.Instances)
        {
            PhasesView took = each.Phases;
            table.Add(
                each.Instance, each.From == each.To ? $"on {each.To}" : $"{each.From ?? Times.None} > {each.To ?? "?"}",
                each.Outcome, $"{each.Generation}", Times.Measured(took.DetectSeconds),
                Times.Measured(took.DecideSeconds), Times.Measured(took.FenceSeconds),
                Times.Measured(took.PlaceSeconds), Times.Measured(took.StartSeconds),
                Times.Measured(took.GuestReadySeconds), Times.Measured(took.TotalSeconds));
        }

        page.Table(table, "");
    }

    private static void Holds(IncidentView incident, Page page)
    {
        if (incident.Holds.IsEmpty)
        {
            return;
        }

        page.Heading("What was held meanwhile");
        foreach (HoldView each in incident.Holds)
        {
            string until = each.Until is null ? "and still" : $"until {Times.Absolute(each.Until)}";
            page.Text($"- {each.Subject}: {each.Act}, held by {each.Guard} for {Times.Measured(each.Seconds)}, "
                + $"from {Times.Absolute(each.Since)} {until}: {each.Message}; released by {each.ReleasedBy}", 2);
        }
    }

    private static void Events(IncidentView incident, Page page)
    {
        if (incident.Events.IsEmpty)
        {
            return;
        }

        page.Heading("Events");
        var table = new TextTable(
            new("AT"), new("EVENT"), new("OBJECT", 1), new("MESSAGE", 2, Fold: true));
        foreach (EventView each in incident.Events)
        {
            table.Add($"{each.At.At.UtcDateTime:HH:mm:ss.f}", each.Name, each.Object, each.Message);
        }

        page.Table(table, "");
    }
}
