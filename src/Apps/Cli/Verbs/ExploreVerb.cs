using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using Havm.Simulator.Explore;
using Havm.Simulator.Scenario.Running;

namespace Havm.Cli.Verbs;

/// <summary>Random clusters, faults and orders under virtual time, held against what must hold always.</summary>
internal static class ExploreVerb
{
    /// <summary>So many lives, with nothing left out, must show all that is possible.</summary>
    private const int CoveredBy = 2000;

    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    private static readonly Option<int> Seeds = Number("--seeds", "How many seeds are lived, one life each", "N", 100);
    private static readonly Option<int> From = Number("--from-seed", "The first seed", "S", 1);
    private static readonly Option<int?> Nodes = new("--nodes")
    {
        Description = "Nodes of every cluster, 1 to 100; 3 to 6 are drawn without it", HelpName = "N",
    };

    private static readonly Option<string?> Faults = new("--faults")
    {
        Description = "Draw these verbs alone, with commas between", HelpName = "LIST",
    };

    private static readonly Option<double?> Minutes = new("--minutes")
    {
        Description = "How long faults and orders go on in each life, 0.1 to 1000; 1 to 6 are drawn without it",
        HelpName = "M",
    };

    private static readonly Option<int> Jobs = Number("--jobs", "Lives that are lived side by side, 1 to 64", "N", 1);
    private static readonly Option<int> Shrink = Number(
        "--shrink", "Plays spent on making each failure small; 0 for none", "PLAYS", 400);

    private static readonly Option<string> Out = new("--out")
    {
        Description = "Where the smallest scenario of each seed that fails is written, as explored-SEED.yaml",
        HelpName = "DIR",
        DefaultValueFactory = _ => ".",
    };

    private static readonly Option<bool> Covered = new("--coverage")
    {
        Description = "Print how often each kind of thing occurred, not only what never did",
    };

    public static Command Explore()
    {
        var command = new Command("explore",
            "Draw clusters, faults and orders from seeds, live them under virtual time with the product's own "
            + "decisions, and hold them against what must hold always. Each seed that breaks a rule is made small and "
            + "written as a scenario that `havm simulate` plays again. Ends with 1 when one broke a rule, or when "
            + $"{CoveredBy} seeds or more never showed something that is possible");
        Option[] options = [Seeds, From, Nodes, Faults, Minutes, Jobs, Shrink, Out, Covered, SimulateVerbs.Set];
        foreach (Option option in options)
        {
            command.Options.Add(option);
        }

        command.SetAction((parse, stop) => Task.FromResult(Run(parse, stop)));
        return command;
    }

    private static int Run(ParseResult parse, CancellationToken stop)
    {
        ExploreOptions options = OptionsOf(parse);
        PlayOptions play = SimulateVerbs.Options(parse, seed: 1);
        string folder = parse.GetRequiredValue(Out);
        if (!Directory.Exists(folder))
        {
            throw CliFailure.Of(ExitCodes.BadInput, folder, "--out", "is no folder", "name a folder that is there");
        }

        var clock = Stopwatch.StartNew();
        TimeSpan told = TimeSpan.Zero;
        var explorer = new Explorer(options, play)
        {
            Progress = lived =>
            {
                if (clock.Elapsed - told >= Beat)
                {
                    told = clock.Elapsed;
                    Console.Error.WriteLine(
                        $"{lived} of {options.Seeds} seeds, {lived / clock.Elapsed.TotalSeconds:0.0} a second");
                }
            },
            Found = failed => Tell(failed, folder),
        };
        Explored explored = explorer.Explore(stop);
        Summary(explored, options, clock.Elapsed, parse.GetValue(Covered));
        return explored.Lived < options.Seeds && stop.IsCancellationRequested ? ExitCodes.Interrupted
            : explored.Failed.IsEmpty && !HasHole(explored, options) ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private static ExploreOptions OptionsOf(ParseResult parse)
    {
        int seeds = Within(Seeds, parse.GetValue(Seeds), 1, 1_000_000);
        string[] verbs = parse.GetValue(Faults)?.Split(
            ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        string[] known = [.. LifeMaker.Kinds.Select(kind => kind.Verb)];
        if (verbs.FirstOrDefault(verb => !known.Contains(verb)) is { } unknown)
        {
            throw CliFailure.Of(ExitCodes.BadInput, "--faults", unknown, "is no verb that can be drawn",
                $"choose among {string.Join(", ", known)}");
        }

        return new ExploreOptions
        {
            Seeds = seeds,
            From = Within(From, parse.GetValue(From), 0, int.MaxValue - seeds),
            Nodes = parse.GetValue(Nodes) is { } nodes ? Within(Nodes, nodes, 1, 100) : null,
            Minutes = parse.GetValue(Minutes) is { } minutes
                ? TimeSpan.FromMinutes(Within(Minutes, minutes, 0.1, 1000))
                : null,
            Verbs = [.. verbs],
            Jobs = Within(Jobs, parse.GetValue(Jobs), 1, 64),
            ShrinkPlays = Within(Shrink, parse.GetValue(Shrink), 0, 1_000_000),
        };
    }

    private static T Within<T>(Option option, T value, T least, T most) where T : IComparable<T> =>
        value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0
            ? value
            : throw CliFailure.Of(ExitCodes.BadInput, option.Name, $"{value}", "is out of bounds",
                $"choose a number from {least} to {most}");

    private static Option<int> Number(string name, string description, string help, int usual) => new(name)
    {
        Description = description, HelpName = help, DefaultValueFactory = _ => usual,
    };

    private static void Tell(FailedSeed failed, string folder)
    {
        string path = Path.Combine(folder, $"explored-{failed.Seed}.yaml");
        string rules = string.Join(", ", failed.Rules);
        try
        {
            File.WriteAllText(path, LifeText.Of(
                failed.Smallest, $"explored-{failed.Seed}", $"Seed {failed.Seed}, made small: it breaks {rules}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{path}: --out: {e.Message.TrimEnd('.')}; remedy: name a folder to write to");
        }

        Console.Out.WriteLine($"failed   seed {failed.Seed}: {rules}");
        foreach (string failure in failed.Failures.Take(5))
        {
            Console.Out.WriteLine($"         {failure}");
        }

        Console.Out.WriteLine($"         play it again: havm simulate {path}");
    }

    private static bool HasHole(Explored explored, ExploreOptions options) =>
        IsJudged(explored, options) && !explored.Coverage.Missing.IsEmpty;

    /// <summary>Few seeds, or a choice of verbs, promise nothing about what they show.</summary>
    private static bool IsJudged(Explored explored, ExploreOptions options) =>
        explored.Lived >= CoveredBy && options.Verbs.IsEmpty;

    private static void Summary(Explored explored, ExploreOptions options, TimeSpan took, bool all)
    {
        if (all)
        {
            foreach (var (kind, count) in explored.Coverage.Seen)
            {
                Console.Out.WriteLine($"{count,9}  {kind}");
            }

        }

        ImmutableArray<string> missing = explored.Coverage.Missing;
        int kinds = explored.Coverage.Seen.Count;
        Console.Out.WriteLine(missing.IsEmpty
            ? $"coverage: all {kinds} kinds that are possible occurred"
            : $"coverage: {kinds - missing.Length} of {kinds} kinds; never: {string.Join(", ", missing)}"
                + (IsJudged(explored, options) ? "" : " (not judged: few seeds, or a choice of verbs)"));
        Console.Out.WriteLine(
            $"{explored.Lived - explored.Failed.Length} held, {explored.Failed.Length} failed: seeds {options.From} to "
            + $"{options.From + options.Seeds - 1}, {explored.Virtual.TotalHours:0.0} h lived in "
            + $"{took.TotalSeconds:0.0} s, {explored.Lived / took.TotalSeconds:0.0} seeds a second");
    }
}
