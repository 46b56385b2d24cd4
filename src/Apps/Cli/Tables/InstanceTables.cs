using System.Collections.Immutable;
using System.Globalization;
using Havm.Cli.Output;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Cli.Tables;

internal static class InstanceTables
{
    public static void List(ListView<InstanceView> instances, Page page) =>
        page.Table(Table(instances.Items), "There are no instances.");

    public static TextTable Table(ImmutableArray<InstanceView> instances)
    {
        var table = new TextTable(
            new("NAME"), new("PHASE"), new("NODE"), new("RACK", 4), new("GEN", 2, Right: true), new("ADDRESS", 3),
            new("READY", 2, Right: true), new("READY AT", 7), new("CONFIRMED", 1, Right: true), new("CONFIRMED AT", 6),
            new("REASON", 5, Stretch: true));
        foreach (InstanceView each in instances)
        {
            string address = each.Addresses.IsEmpty ? Times.None : each.Addresses[0].Address.Split('/')[0];
            table.Add(
                each.Name, Phase(each), each.Node, each.Rack, $"{each.Generation}", address, Times.Ago(each.ReadyAt),
                Times.Absolute(each.ReadyAt), Times.Ago(each.Confirmed), Times.Absolute(each.Confirmed),
                Remark(each));
        }

        return table;
    }

    /// <summary>
    /// What a reader of the list should know: nothing of what is as it is wished, but how it is of what has no wish.
    /// </summary>
    private static string? Remark(InstanceView each) =>
        each.Conditions.FirstOrDefault(c => c is { Type: ConditionView.PendingRestart, Status: "true" }) is { } waits
            ? waits.Message
            : each.Conditions.FirstOrDefault(c => c is { Type: ConditionView.Noticed, Status: "true" }) is { } noticed
            ? noticed.Message
            : each.Conditions.FirstOrDefault(c => c is { Type: ConditionView.InRotation, Status: "false" }) is { } away
            ? away.Message
            : each.Phase is "running" or "ready" or "paused"
            && each.Conditions.FirstOrDefault(c => c is { Type: ConditionView.Busy, Status: "true" }) is { } busy
            ? busy.Message
            : each.Settled && each.Wanted != "unmanaged" ? null : each.Reason?.Message;

    public static void Show(InstanceView each, Page page)
    {
        page.Field("Instance", new Cell(each.Name, Tone.Strong));
        page.Field("Owner", each.Role is null ? each.Owner : $"{each.Owner}, role {each.Role}");
        page.Field("Phase", Phase(each));
        page.Field("Wanted", each.Wanted);
        Parts.Reason(page, each.Reason);
        page.Field("Confirmed", Times.Both(each.Confirmed));
        page.Field("Node", each.Node is null ? Times.None : $"{each.Node} in rack {each.Rack ?? Times.None}");
        page.Field("Generation", $"{each.Generation}");
        page.FieldIfAny("Set", each.AvailabilitySet is null
            ? null
            : $"{each.AvailabilitySet}, fault domain {each.FaultDomain?.ToString() ?? Times.None}, "
                + $"update domain {each.UpdateDomain?.ToString() ?? Times.None}");
        page.Field("Size", $"{each.Vcpus} vCPU, {new Bytes(each.MemoryBytes)}");
        page.FieldIfAny("Uses", each is { UsedMilliCpus: { } cpus, UsedMemoryBytes: { } memory }
            ? string.Create(
                CultureInfo.InvariantCulture, $"{cpus / 1000.0:0.0#} CPU, {memory / Bytes.Mebi} MiB, as last measured")
            : null);
        page.FieldIfAny("Image", each.Image);
        page.Field("Priority", $"{each.Priority}");
        foreach (DependencyView on in each.DependsOn)
        {
            page.Field("Depends on", $"{on.Target}, {on.Condition}, waited for {on.TimeoutSeconds:0} s at most: "
                + (on.Lacks is null ? "it stands" : on.Lacks + (on.GivenUp ? ", and not waited for any more" : "")));
        }

        page.FieldIfAny("Isolation", each.Isolation);
        foreach (AddressView address in each.Addresses)
        {
            page.Field("Address", $"{address.Address} on {address.Network}, {address.Mac}");
        }

        page.Field("Started", Times.Both(each.StartedAt));
        page.Field("Ready", Times.Both(each.ReadyAt));
        page.Field("Resets", $"{each.Resets}");
        page.FieldIfAny("Console", each.ConsolePath);
        Parts.Conditions(page, each.Conditions);
        if (!each.Log.IsEmpty)
        {
            page.Heading("What its program wrote last");
            foreach (string line in each.Log)
            {
                page.Text(line, 2);
            }
        }
    }

    public static void Explain(ExplainView view, Page page)
    {
        page.Field("Instance", new Cell(view.Instance, Tone.Strong));
        page.Field("Phase", Tones.Phase(view.Phase));
        page.Field("Node", view.Node);
        Parts.Reason(page, view.Reason);
        if (view.WaitingFor is { } wait)
        {
            page.Field("Waits for", new Cell($"{wait.Act}: {wait.Message}", Tone.Warn));
            page.Field("Released by", wait.ReleasedBy);
            page.FieldIfAny("Waits since", Times.Both(wait.Since));
        }

        page.Field("Judged", Times.Both(view.Confirmed));
        page.Heading("Candidates, as if it were placed now");
        var table = new TextTable(
            new("NODE"), new("RACK"), new("SCORE", Right: true), new("REFUSED BY", 1), new("WHY", Fold: true));
        foreach (CandidateView each in view.Candidates
            .OrderByDescending(c => c.Total ?? double.NegativeInfinity).ThenBy(c => c.Node, NaturalOrder.Instance))
        {
            string score = each.Total?.ToString("0.##", CultureInfo.InvariantCulture) ?? Times.None;
            string why = each.Refused is { } refused
                ? refused.Message
                : string.Join(", ", each.Scores.Select(s => $"{s.Name} {s.Value:0.##}"));
            table.Add(
                each.Current ? new Cell($"{each.Node} *", Tone.Strong) : each.Node, each.Rack, score,
                each.Refused is { } by ? new Cell(by.Filter, Tone.Warn) : Times.None, why);
        }

        page.Table(table, "There are no nodes.");
        if (view.Candidates.Any(each => each.Current))
        {
            page.Text("* is where it is now", tone: Tone.Dim);
        }

        Legend(page, view);
    }

    /// <summary>What each score means, once, and how much of the total it makes.</summary>
    private static void Legend(Page page, ExplainView view)
    {
        List<ScoreView> scores = [.. view.Candidates.SelectMany(c => c.Scores).DistinctBy(s => s.Name)];
        if (scores.Count == 0)
        {
            return;
        }

        page.Heading("Scores: each counts so many times, and the highest sum wins");
        foreach (ScoreView each in scores)
        {
            page.Text($"{each.Name} x {each.Weight}: {each.Message}", 2);
        }
    }

    private static Cell Phase(InstanceView each) =>
        each is { Wanted: "running", Phase: "stopped" } ? new Cell(each.Phase, Tone.Bad) : Tones.Phase(each.Phase);
}
