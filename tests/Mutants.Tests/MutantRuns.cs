using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Havm.Mutants;
using Havm.Mutants.Weaver;
using Havm.Simulator.Explore;
using Havm.Simulator.Scenario.Reading;
using Havm.Simulator.Scenario.Running;

namespace Havm.Mutants.Tests;

/// <summary>Plays what shows a mutant, with it and without: lives of its seeds, or a scenario.</summary>
internal static class MutantRuns
{
    public static ImmutableArray<MutantFile> All { get; } =
    [
        .. Directory.GetFiles(Path.Combine(Here(), "Mutants"), "*.txt").Order(StringComparer.Ordinal)
            .Select(file => MutantFile.Parse(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file))),
    ];

    private static readonly ConcurrentDictionary<string, Lazy<Proven>> Results = [];
    private static readonly ConcurrentDictionary<string, Lazy<ImmutableArray<string>>> Asleep = [];

    private static readonly Lazy<bool> AllAreProven = new(() =>
    {
        Parallel.ForEach(
            All, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, m => Prove(m));
        return true;
    });

    /// <summary>What came of it; the first call proves all, side by side.</summary>
    public static Proven Of(MutantFile mutant)
    {
        _ = AllAreProven.Value;
        return Prove(mutant);
    }

    public static Proven Prove(MutantFile mutant) =>
        Results.GetOrAdd(mutant.Name, _ => new Lazy<Proven>(() => Seek(mutant))).Value;

    private static Proven Seek(MutantFile mutant)
    {
        var others = ImmutableSortedSet<string>.Empty;
        for (var seed = mutant.From; seed < mutant.From + mutant.Seeds; seed++)
        {
            var failures = Play(seed, mutant, mutant.Name);
            if (failures.FirstOrDefault(f => Exploration.RuleOf(f) == mutant.Checker) is { } failure)
            {
                return new Proven(seed, failure, [.. Enumerable.Range(mutant.From, seed - mutant.From + 1)
                    .SelectMany(s => Without(s, mutant).Select(f => $"seed {s}: {f}"))]);
            }

            others = others.Union(failures.Select(Exploration.RuleOf));
        }

        return new Proven(null, string.Join(", ", others), []);
    }

    /// <summary>What the rule as it is breaks: nothing. Mutants that are shown alike share the plays.</summary>
    private static ImmutableArray<string> Without(int seed, MutantFile mutant) => Asleep.GetOrAdd(
        mutant.Scenario ?? $"{mutant.Faults} {mutant.Nodes} {seed}",
        _ => new Lazy<ImmutableArray<string>>(() => Play(seed, mutant, null))).Value;

    /// <summary>Every failure; also that an invariant of Core stopped it before any checker could.</summary>
    private static ImmutableArray<string> Play(int seed, MutantFile mutant, string? awake)
    {
        Switch.Set(awake);
        try
        {
            return (mutant.Scenario is { } path
                ? Read(path)
                : Exploration.Play(LifeMaker.Of(seed, Options(mutant)), new PlayOptions())).Failures;
        }
        catch (InvalidOperationException invariant) when (awake is not null)
        {
            return [$"it ended: invariant: {invariant.Message}"];
        }
        finally
        {
            Switch.Set(null);
        }
    }

    private static ExploreOptions Options(MutantFile mutant) => new()
    {
        Seeds = mutant.Seeds,
        Nodes = mutant.Nodes,
        Verbs = [.. mutant.Faults.Split(',', StringSplitOptions.RemoveEmptyEntries)],
    };

    private static Simulator.Scenario.ScenarioOutcome Read(string path)
    {
        var file = Path.Combine(Here(), "../..", path);
        var (scenario, errors) = ScenarioReader.Read(File.ReadAllText(file), path);
        return scenario is null
            ? throw new FormatException($"{path}: {string.Join("; ", errors)}")
            : ScenarioPlayer.Play(scenario, new PlayOptions());
    }

    private static string Here([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}

/// <summary>Whether a mutant is caught.</summary>
/// <param name="Seed">The first seed that its checker stops; null: none within the stated ones.</param>
/// <param name="Failure">How it was caught; else which other rules were broken.</param>
/// <param name="Asleep">What the rule as it is breaks up to that seed.</param>
internal sealed record Proven(int? Seed, string Failure, ImmutableArray<string> Asleep);
