using System.CommandLine;
using System.Text.Json.Nodes;
using Havm.Cli.Output;
using Havm.Model;
using Havm.Runtime.Recording;

namespace Havm.Cli.Verbs;

/// <summary>Decides again what a controller recorded, with this version. It asks no controller.</summary>
internal static class ReplayVerb
{
    private const string DefaultDirectory = "/var/lib/havm/recording";

    public static Command Replay()
    {
        var place = new Argument<string>("place")
        {
            Description = "A recording's directory, or one of its files",
            HelpName = "DIR|FILE",
            DefaultValueFactory = _ => DefaultDirectory,
        };
        var command = new Command("replay",
            "Decide again, with this version, what a controller recorded, and say where it would decide otherwise; "
            + "ends with 1 when it would anywhere");
        command.Arguments.Add(place);
        command.Options.Add(CommonOptions.Output);
        command.SetAction(parse => Run(parse.GetRequiredValue(place), parse.GetValue(CommonOptions.Output)));
        return command;
    }

    private static int Run(string place, OutputFormat format)
    {
        List<ReplayedFile> files = [];
        try
        {
            foreach (string file in Files(place))
            {
                files.Add(Runtime.Recording.Replay.Of(file));
            }
        }
        catch (RecordingException wrong)
        {
            throw CliFailure.Of(ExitCodes.BadInput, wrong.Path, $"line {wrong.Line}", wrong.Reason.TrimEnd('.'),
                "name a file or directory that havm-controller has recorded");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliFailure.Of(ExitCodes.BadInput, place, "", $"cannot be read: {e.Message.TrimEnd('.')}",
                "name a readable recording");
        }

        if (format == OutputFormat.Table)
        {
            var page = new Page(Screen.Here());
            Show(files, page);
            Console.Out.WriteLine(string.Join('\n', page.Lines));
        }
        else
        {
            Viewer.Print(JsonNode.Parse(RecordingJson.Text(new { files }))!, format);
        }

        return files.Any(file => file.Differences.Length > 0) ? ExitCodes.Failed : ExitCodes.Ok;
    }

    private static IEnumerable<string> Files(string place)
    {
        if (File.Exists(place))
        {
            return [place];
        }

        string[] files = Directory.Exists(place) ? [.. RecordingFiles.In(place).Select(file => file.Path)] : [];
        return files.Length > 0 ? files : throw CliFailure.Of(
            ExitCodes.BadInput, place, "", Directory.Exists(place) ? "holds no recording" : "does not exist",
            "name the directory recording in a controller's stateDir, or a file in it");
    }

    private static void Show(List<ReplayedFile> files, Page page)
    {
        var table = new TextTable(
            new Column("FILE"), new Column("BEGAN", 1), new Column("BECAUSE", 2), new Column("RECORDED BY", 3),
            new Column("STEPS", Right: true), new Column("DIFFER", Right: true), new Column("NOTE", 2, Fold: true));
        foreach (ReplayedFile file in files)
        {
            int differ = file.Differences.Length;
            table.Add(
                Path.GetFileName(file.Path), file.At is { } at ? $"{at:yyyy-MM-dd HH:mm:ss}Z" : Times.None, file.Why,
                file.Product, $"{file.Steps}", new Cell($"{differ}", differ > 0 ? Tone.Bad : Tone.Good), Note(file));
        }

        page.Table(table, "nothing is recorded");
        foreach (ReplayedFile file in files)
        {
            foreach (StepDifference step in file.Differences)
            {
                page.Heading($"{Path.GetFileName(file.Path)} step {step.Step}, {step.Wall:yyyy-MM-dd HH:mm:ss.fff}Z, "
                    + $"told {(step.Inputs.IsEmpty ? "nothing" : string.Join(", ", step.Inputs))}");
                Lines(page, "then", step.Recorded);
                Lines(page, "now", step.Now);
            }
        }

        int all = files.Sum(file => file.Differences.Length);
        page.Blank();
        page.Text($"{Count.Of(files.Sum(file => file.Steps), "step")} decided again, {all} otherwise");
    }

    private static string Note(ReplayedFile file) =>
        file.At is null ? $"cut off in its head: {file.TornBytes} bytes"
        : file.TornBytes > 0 ? $"the last record was cut off after {file.TornBytes} bytes" : "";

    private static void Lines(Page page, string when, IReadOnlyCollection<string> lines)
    {
        foreach (string line in lines.DefaultIfEmpty("nothing more"))
        {
            page.Field($"  {when}", line);
        }
    }
}
