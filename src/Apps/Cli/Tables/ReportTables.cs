using System.Collections.Immutable;
using System.Globalization;
using Havm.Cli.Output;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Cli.Tables;

/// <summary>What a stretch of time was like, from the whole to the single instance.</summary>
internal static class ReportTables
{
    /// <summary>Instances in a table that is not asked to be wide.</summary>
    private const int Worst = 10;

    public static void Show(ReportView report, Page page, bool all)
    {
        page.Title($"Report of {report.Cluster}, {Day(report.From)} to {Day(report.To)} UTC");
        AccountView whole = report.Whole;
        if (report.CountedSince is { } since && since > report.From)
        {
            page.Field("Counted since", new Cell(
                Times.Absolute(new Moment(since, 0)) + ": before that nothing is known", Tone.Warn));
        }

        page.Field("Exposure", $"{Figure(whole.ExposureDays, "0.##")} instance-days, wanted running and seen");
        page.Field("Available", new Cell(
            $"{Percent(whole.Availability)}; {Percent(whole.AvailabilityButForPlanned)} but for planned work",
            Tone.Strong));
        page.Field("Not up", $"{Length(whole.FailedSeconds)} in incidents, {Length(whole.UnreadySeconds)} without one, "
            + $"{Length(whole.PlannedSeconds)} planned");
        page.Field("Interruptions", Interruptions(whole));
        page.Field("A year's rate", Rate(whole));
        page.Field("Unobserved", report.AwaySeconds > 0 || whole.UnobservedSeconds > 0
            ? new Cell(
                $"{Length(whole.UnobservedSeconds)} of instances; no controller for {Length(report.AwaySeconds)}",
                Tone.Warn)
            : "nothing");
        page.Field("Confirmed", Times.Both(report.Confirmed));
        Layers(report, page);
        Accounts("Owners", "OWNER", report.Owners, page);
        Accounts(
            "Instances, the worst first", "INSTANCE",
            all ? report.Instances : [.. report.Instances.Take(Worst)], page);
        if (!all && report.Instances.Length > Worst)
        {
            page.Text($"and {report.Instances.Length - Worst} more: -o wide lists all", 0, Tone.Dim);
        }
    }

    private static void Layers(ReportView report, Page page)
    {
        page.Heading("Layers: incidents that are over, and their time to detect and to repair");
        var table = new TextTable(
            new("LAYER"), new("INCIDENTS", Right: true), new("MTTD", Right: true), new("DETECT P95", 4, Right: true),
            new("FENCE P50", 5, Right: true), new("PLACE P50", 6, Right: true), new("START P50", 5, Right: true),
            new("READY P50", 5, Right: true), new("MTTR", Right: true), new("P50", 3, Right: true),
            new("P95", 2, Right: true), new("MAX", 1, Right: true));
        foreach (LayerView each in report.Layers.Where(layer => layer.Incidents > 0))
        {
            LengthsView Of(string phase) => each.Phases.FirstOrDefault(p => p.Phase == phase)
                ?? new LengthsView(phase, 0, null, null, null);
            table.Add(
                each.Row > 0 ? $"{each.Row} {each.Layer}" : each.Layer, $"{each.Incidents}",
                Times.Measured(each.MttdSeconds), Times.Measured(Of("detect").P95Seconds),
                Times.Measured(Of("fence").P50Seconds), Times.Measured(Of("place").P50Seconds),
                Times.Measured(Of("start").P50Seconds), Times.Measured(Of("ready").P50Seconds),
                Times.Measured(each.MttrSeconds), Times.Measured(Of("total").P50Seconds),
                Times.Measured(Of("total").P95Seconds), Times.Measured(Of("total").MaxSeconds));
        }

        page.Table(table, "No incident that was detected in this time is over.");
    }

    private static void Accounts(string heading, string first, ImmutableArray<AccountView> accounts, Page page)
    {
        page.Heading(heading);
        var table = new TextTable(
            new(first), new("AVAILABLE", Right: true), new("BUT PLANNED", 3, Right: true), new("DAYS", 1, Right: true),
            new("FAILED", Right: true), new("UNREADY", 4, Right: true), new("PLANNED", 3, Right: true),
            new("UNSEEN", 5, Right: true), new("BREAKS", Right: true), new("LONGEST", 2, Right: true),
            new("BY LAYER", 6), new("A YEAR", 1, Right: true), new("90 % RANGE", 4, Right: true));
        foreach (AccountView each in accounts)
        {
            table.Add(
                each.Name, Percent(each.Availability), Percent(each.AvailabilityButForPlanned),
                Figure(each.ExposureDays, "0.##"), Length(each.FailedSeconds), Length(each.UnreadySeconds),
                Length(each.PlannedSeconds), Length(each.UnobservedSeconds), $"{each.Interruptions}",
                Length(each.LongestSeconds), ByLayer(each), Figure(each.AnnualInterruptionRate, "0.#"),
                each.RateHigh is null
                    ? Times.None : $"{Figure(each.RateLow, "0.#")} - {Figure(each.RateHigh, "0.#")}");
        }

        page.Table(table, "Nothing was counted in this time.");
    }

    private static string Interruptions(AccountView account) => account.Interruptions == 0
        ? "none that nobody ordered"
        : $"{account.Interruptions} that nobody ordered, the longest {Length(account.LongestSeconds)}"
            + (account.ByLayer.IsEmpty ? "" : $"; by layer: {ByLayer(account)}");

    private static string Rate(AccountView account) => account.AnnualInterruptionRate is null
        ? "not known: nothing was exposed"
        : $"{Figure(account.AnnualInterruptionRate, "0.##")} interruptions per instance-year; "
            + $"{Figure(account.RateLow, "0.##")} to {Figure(account.RateHigh, "0.##")} with 90 % confidence"
            + (account.Interruptions < 10
                ? $", a wide range because {Count.Of(account.Interruptions, "interruption")} "
                    + (account.Interruptions == 1 ? "is few" : "are few")
                : "");

    private static string ByLayer(AccountView account) => account.ByLayer.IsEmpty
        ? Times.None : string.Join(", ", account.ByLayer.Select(item => $"{item.Value} {item.Key}"));

    private static string Percent(double? share) => share is { } known
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(known * 100_000) / 1000:0.000} %") : Times.None;

    private static string Figure(double? value, string format) =>
        value is { } known ? known.ToString(format, CultureInfo.InvariantCulture) : Times.None;

    private static string Length(double seconds) => seconds <= 0 ? "0" : Times.Length(seconds);

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
