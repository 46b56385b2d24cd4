using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Havm.Mutants;
using Havm.Mutants.Weaver;
using Havm.Simulator.Explore;
using Havm.Simulator.Scenario;
using Havm.Simulator.Scenario.Running;

namespace Havm.Mutants.Tests;

/// <summary>Lives the seeds of a mutant with it and without.</summary>
internal static class MutantRuns
{
    public static ImmutableArray<MutantFile> All { get; } =
    [
        .. Directory.GetFiles(Path.Combine(Here(), "Mutants"), "*.txt").Order(StringComparer.Ordinal)
            .Select(file => MutantFile.Parse(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file))),
    ];

    public static ExploreOptions Options(MutantFile mutant) => new()
    {
        Seeds = mutant.Seeds,
        Nodes = mutant.Nodes,
        Verbs = [.. mutant.Faults.Split(',', StringSplitOptions.RemoveEmptyEntries)],
    };

    private static readonly ConcurrentDictionary<string, Lazy<(int? Seed, string Failure)>> Caught = [];

    /// <summary>The first seed whose life the named checker stops; null: none within the stated ones.</summary>
    public static (int? Seed, string Failure) FirstCaught(MutantFile mutant) => Caught.GetOrAdd(
        mutant.Name, _ => new Lazy<(int? Seed, string Failure)>(() => Seek(mutant))).Value;

    private static (int? Seed, string Failure) Seek(MutantFile mutant)
    {
        var others = ImmutableSortedSet<string>.Empty;
        for (var seed = 1; seed <= mutant.Seeds; seed++)
        {
            var outcome = Live(seed, mutant, awake: true, out var broke);
            if (outcome?.Failures.FirstOrDefault(f => Exploration.RuleOf(f) == mutant.Checker) is { } failure)
            {
                return (seed, failure);
            }

            others = outcome is null ? others.Add(broke) : others.Union(Exploration.Rules(outcome));
        }

        return (null, string.Join(", ", others));
    }

    /// <summary>
    /// With the mutant awake or not. Null when a broken invariant of Core stopped it before any checker could.
    /// </summary>
    public static ScenarioOutcome? Live(int seed, MutantFile mutant, bool awake, out string broke)
    {
        var life = LifeMaker.Of(seed, Options(mutant));
        broke = "";
        Switch.Set(awake ? mutant.Name : null);
        try
        {
            return Exploration.Play(life, new PlayOptions());
        }
        catch (InvalidOperationException invariant) when (awake)
        {
            broke = invariant.Message;
            return null;
        }
        finally
        {
            Switch.Set(null);
        }
    }

    private static string Here([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
