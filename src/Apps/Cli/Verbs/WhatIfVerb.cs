using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Havm.Cli.Output;
using Havm.Cli.Tables;
using Havm.Model;
using Havm.Runtime.State;
using Havm.Simulator.Report;
using Havm.Simulator.Scenario.Running;
using Havm.Simulator.WhatIf;

namespace Havm.Cli.Verbs;

/// <summary>`havm simulate --from`: what would happen to a cluster. It asks no controller.</summary>
internal static class WhatIfVerb
{
    private static readonly Option<string?> From = new("--from")
    {
        Description = "A havm-snapshot/1 file: play what would happen to that cluster", HelpName = "SNAPSHOT",
    };

    private static readonly Option<string[]> Do = new("--do")
    {
        Description = "What happens: a scenario's verb, its names, then KEY=VALUE, like \"power-off n1\" or "
            + "\"set web-1 desired=stopped\"; may stand several times",
        HelpName = "ACTION",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string?> After = new("--after")
    {
        Description = "Between one --do and the next, settled or not, like 30s; without it, all at once",
        HelpName = "TIME",
    };

    public static void AddOptions(Command command)
    {
        command.Options.Add(From);
        command.Options.Add(Do);
        command.Options.Add(After);
        command.Options.Add(CommonOptions.Output);
    }

    /// <summary>Whether anything was written that only a snapshot's run understands.</summary>
    public static bool IsAsked(ParseResult parse) =>
        parse.GetValue(From) is not null || parse.GetValue(Do) is { Length: > 0 } || parse.GetValue(After) is not null
        || parse.GetResult(CommonOptions.Output) is { Implicit: false };

    public static int Run(ParseResult parse, PlayOptions options, string? trace, string? report)
    {
        string path = parse.GetValue(From) ?? throw Wrong("--from", "is missing", "name a havm-snapshot/1 file");
        string[] lines = parse.GetValue(Do) ?? [];
        if (lines.Length == 0)
        {
            throw Wrong("--do", "is missing", "say what happens, like --do \"power-off n1\"");
        }

        if (options.Policy != new PlayOptions().Policy)
        {
            throw Wrong("--set", "names the Policy's numbers", "a snapshot is played under its cluster's own Policy");
        }

        var (saved, ledger) = Read(path);
        long began = Stopwatch.GetTimestamp();
        var (run, errors) = WhatIfRun.Of(
            saved.Cluster, ledger, saved.Epoch, saved.At, [.. lines], Apart(parse), options);
        if (run is null)
        {
            throw new CliFailure(ExitCodes.BadInput, errors);
        }

        if (trace is not null)
        {
            OutputFile.Write(trace, "--trace", run.Played.WriteTrace);
        }

        if (report is not null)
        {
            OutputFile.Write(report, "--report", into => ReportPage.Write(into, ReportData.Of(run)));
        }

        Print(run, parse.GetValue(CommonOptions.Output), Stopwatch.GetElapsedTime(began));
        return run.Answer.Objections.IsEmpty ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private static void Print(WhatIfRun run, OutputFormat format, TimeSpan wall)
    {
        if (format != OutputFormat.Table)
        {
            Viewer.Print(JsonNode.Parse(LedgerJson.Write(run.Answer))!, format);
            return;
        }

        var page = new Page(Screen.Here());
        WhatIfTables.Show(run.Answer, page);
        page.Blank();
        page.Text($"{run.Played.Events[^1].At.SinceOrigin.TotalSeconds:0} s lived in {wall.TotalSeconds:0.00} s, "
            + $"seed {run.Answer.Seed}", tone: Tone.Dim);
        foreach (string line in page.Lines)
        {
            Console.Out.WriteLine(line);
        }
    }

    private static (Snapshot Saved, Core.Records.Ledger Ledger) Read(string path)
    {
        byte[] bytes;
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length > Snapshot.MaxBytes)
            {
                throw Wrong(path, "is larger than 1 GiB", "name a file that `havm snapshot` wrote");
            }

            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Wrong(path, e is FileNotFoundException or DirectoryNotFoundException
                ? "does not exist" : $"cannot be read: {e.Message.TrimEnd('.')}",
                "name a file that `havm snapshot -f FILE` wrote");
        }

        var (saved, ledger, error) = Snapshot.Read(bytes, path);
        return error is null ? (saved!, ledger!) : throw new CliFailure(ExitCodes.BadInput, [error]);
    }

    private static TimeSpan? Apart(ParseResult parse) => parse.GetValue(After) is not { } text ? null
        : Times.Parse(text) ?? throw Wrong("--after", $"is \"{text}\", no time", "write a whole number with s, m or h");

    private static CliFailure Wrong(string what, string reason, string remedy) =>
        CliFailure.Of(ExitCodes.BadInput, what, "", reason, remedy);
}
