using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using System.Reflection;
using Havm.Cli.Output;
using Havm.Model;
using Havm.Simulator.Report;
using Havm.Simulator.Scenario;
using Havm.Simulator.Scenario.Reading;
using Havm.Simulator.Scenario.Running;

namespace Havm.Cli.Verbs;

/// <summary>Scenarios under virtual time: one of them, or a folder. Needs no controller.</summary>
internal static class SimulateVerbs
{
    private const string Pattern = "*.yaml";

    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "Seed of every draw; the same seed gives the same trace, byte for byte",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    internal static readonly Option<string[]> Set = new("--set")
    {
        Description = "A number of the Policy, like liveness.lostAfter=6s, or a time of the world, like "
            + "world.boot=40s; may stand several times",
        HelpName = "NAME=VALUE",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string?> Trace = new("--trace")
    {
        Description = "Write what happens as havm-trace/1, JSON lines", HelpName = "OUT",
    };

    private static readonly Option<string?> Report = new("--report")
    {
        Description = "Write a page that shows what happens, as one HTML file", HelpName = "OUT.html",
    };

    public static Command Simulate()
    {
        var file = new Argument<string?>("file")
        {
            Description = "A havm-scenario/1 file; - is standard input",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("simulate",
            "Play a scenario under virtual time, with the product's own decisions, and judge it; a scenario that "
            + "needs what is not built is skipped by name and ends with 1. With --from, say what would happen to a "
            + "cluster whose state was saved with `havm snapshot`");
        command.Arguments.Add(file);
        WhatIfVerb.AddOptions(command);
        command.Options.Add(Trace);
        command.Options.Add(Report);
        command.Options.Add(Seed);
        command.Options.Add(Set);
        command.SetAction(parse => (parse.GetValue(file), WhatIfVerb.IsAsked(parse)) switch
        {
            (null, true) => WhatIfVerb.Run(parse, Options(parse), parse.GetValue(Trace), parse.GetValue(Report)),
            ({ } one, false) => RunOne(one, parse.GetValue(Trace), parse.GetValue(Report), Options(parse)),
            _ => throw CliFailure.Of(ExitCodes.BadInput, "havm simulate", "", "wants one thing to play",
                "name a scenario's file, or --from SNAPSHOT with --do ACTION; see havm simulate --help"),
        });
        return command;
    }

    public static Command Conformance()
    {
        var folder = new Argument<string>("dir")
        {
            Description = "A folder with scenarios, *.yaml, its own folders included",
        };
        var command = new Command("conformance",
            "Play every scenario of a folder and count passed, failed and skipped; ends with 1 when one failed");
        command.Arguments.Add(folder);
        command.Options.Add(Seed);
        command.Options.Add(Set);
        command.SetAction(parse => RunAll(parse.GetRequiredValue(folder), Options(parse)));
        return command;
    }

    private static PlayOptions Options(ParseResult parse) => Options(parse, parse.GetValue(Seed));

    internal static PlayOptions Options(ParseResult parse, int seed)
    {
        var version = typeof(SimulateVerbs).Assembly.GetName().Version!;
        var options = new PlayOptions
        {
            Seed = seed, Product = $"havm {version.ToString(fieldCount: 3)}",
        };
        var (read, errors) = PlaySettings.Read(options, parse.GetValue(Set) ?? []);
        return errors.IsEmpty ? read : throw new CliFailure(ExitCodes.BadInput, errors);
    }

    private static int RunOne(string file, string? trace, string? report, PlayOptions options)
    {
        SourceText source = SourceText.Read([file]);
        var (scenario, errors) = ScenarioReader.Read(source.Text, file);
        if (scenario is null)
        {
            ErrorPrinter.Print(errors, source.Place);
            return ExitCodes.BadInput;
        }

        long began = Stopwatch.GetTimestamp();
        ScenarioOutcome outcome = ScenarioPlayer.Play(scenario, options);
        if (trace is not null)
        {
            OutputFile.Write(trace, "--trace", outcome.WriteTrace);
        }

        if (report is not null && outcome.Missing.IsEmpty)
        {
            var data = ReportData.Of(outcome, scenario.Title);
            OutputFile.Write(report, "--report", into => ReportPage.Write(into, data));
        }

        Print(outcome);
        if (outcome.Events is [.., var last])
        {
            double wall = Stopwatch.GetElapsedTime(began).TotalSeconds;
            Console.Out.WriteLine(
                $"{last.At.SinceOrigin.TotalSeconds:0} s lived in {wall:0.00} s, seed {options.Seed}");
        }

        return outcome.Verdict == ScenarioVerdict.Passed ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private static int RunAll(string folder, PlayOptions options)
    {
        if (!Directory.Exists(folder))
        {
            throw CliFailure.Of(
                ExitCodes.BadInput, folder, "", "is no folder", "name a folder that holds scenarios, *.yaml");
        }

        string[] files =
        [
            .. Directory.GetFiles(folder, Pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal),
        ];
        if (files.Length == 0)
        {
            throw CliFailure.Of(
                ExitCodes.BadInput, folder, "", "holds no scenario", "name a folder that holds scenarios, *.yaml");
        }

        var count = new Dictionary<ScenarioVerdict, int>();

        // A world has one thread, and shares nothing with another: each core plays one. They are told in order.
        (string File, SourceText Source)[] sources = [.. files.Select(file => (file, SourceText.Read([file])))];
        foreach (Played played in sources.AsParallel().AsOrdered()
            .WithMergeOptions(ParallelMergeOptions.NotBuffered).Select(one => Play(one.File, one.Source, options)))
        {
            ScenarioVerdict verdict = Print(played);
            count[verdict] = count.GetValueOrDefault(verdict) + 1;
        }

        int failed = count.GetValueOrDefault(ScenarioVerdict.Failed);
        Console.Out.WriteLine(
            $"{count.GetValueOrDefault(ScenarioVerdict.Passed)} passed, {failed} failed, "
            + $"{count.GetValueOrDefault(ScenarioVerdict.Skipped)} skipped");
        return failed == 0 ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private static Played Play(string file, SourceText source, PlayOptions options)
    {
        var (scenario, errors) = ScenarioReader.Read(source.Text, file);
        return new Played(file, source, errors, scenario is null ? null : ScenarioPlayer.Play(scenario, options));
    }

    /// <summary>A file that is no scenario counts as failed: it is told, and the others are played.</summary>
    private static ScenarioVerdict Print(Played played)
    {
        if (played.Outcome is not { } outcome)
        {
            ErrorPrinter.Print(played.Errors, played.Source.Place);
            Console.Out.WriteLine($"failed   {Path.GetFileName(played.File)}");
            return ScenarioVerdict.Failed;
        }

        Print(outcome);
        return outcome.Verdict;
    }

    private static void Print(ScenarioOutcome outcome)
    {
        string word = outcome.Verdict.ToString().ToLowerInvariant();
        string tail = outcome.Missing.IsEmpty ? "" : $": needs {string.Join(", ", outcome.Missing)}";
        Console.Out.WriteLine($"{word,-8} {outcome.Scenario.Name}{tail}");
        foreach (string failure in outcome.Failures)
        {
            Console.Out.WriteLine($"         {failure}");
        }
    }

    /// <summary>What became of a file.</summary>
    /// <param name="Outcome">Null: it is no scenario, and the errors say why.</param>
    private sealed record Played(
        string File, SourceText Source, ImmutableArray<SpecError> Errors, ScenarioOutcome? Outcome);
}
