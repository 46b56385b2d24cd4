using System.CommandLine;
using Havm.Cli.Output;
using Havm.Cli.Tables;
using Havm.Wire.Api;

namespace Havm.Cli.Verbs;

internal static class ReportVerb
{
    public static Command Report()
    {
        var days = new Option<int?>("--days")
        {
            Description = "So many whole days (UTC) and what there is of today, 0 to 400; 30 when not given",
            HelpName = "N",
        };
        var since = Words.Since("From the beginning of that day, UTC, at most 400 days ago");
        var command = new Command(
            "report", "Availability, interruptions and their yearly rate, and the time to detect and repair by layer");
        command.Options.Add(days);
        command.Options.Add(since);
        command.Validators.Add(result =>
        {
            if (result.GetResult(days) is { Implicit: false } && result.GetResult(since) is { Implicit: false })
            {
                result.AddError("--days and --since exclude each other: give one of them.");
            }
        });
        command.ShowingPage().SetAction((parse, cancel) =>
        {
            (string Name, string? Value)[] asked =
                [("days", parse.GetValue(days)?.ToString()), ("since", Words.SinceOf(parse, since))];
            bool all = CommonOptions.FormatOf(parse) is OutputFormat.Wide or OutputFormat.Markdown;
            return Viewer.ShowAsync(
                parse, $"v1/report{Words.Query(asked)}", ApiJson.Default.ReportView,
                (report, page) => ReportTables.Show(report, page, all), cancel);
        });
        return command;
    }
}
