using System.Collections.Immutable;
using Havm.Simulator.Scenario;
using Havm.Simulator.Scenario.Running;

namespace Havm.Simulator.Explore;

/// <summary>A seed whose life broke a rule.</summary>
/// <param name="Failures">As they were told, of the life as it was drawn.</param>
/// <param name="Rules">The rules that were broken.</param>
/// <param name="Smallest">What is left of it and still breaks one of them.</param>
public sealed record FailedSeed(
    int Seed, ImmutableArray<string> Failures, ImmutableSortedSet<string> Rules, Life Smallest);

/// <summary>What came of exploring.</summary>
/// <param name="Lived">Seeds whose lives were lived to the end.</param>
/// <param name="Failed">Those that broke a rule, by seed.</param>
/// <param name="Virtual">How long all lives lasted on their own clocks.</param>
/// <param name="Coverage">What they showed.</param>
public sealed record Explored(int Lived, ImmutableArray<FailedSeed> Failed, TimeSpan Virtual, Coverage Coverage);

/// <summary>Lives many seeds, several side by side; the outcome of each hangs on its seed alone.</summary>
public sealed class Explorer(ExploreOptions options, PlayOptions play)
{
    private readonly Lock _lock = new();
    private readonly Coverage _coverage = new();
    private readonly SortedDictionary<int, FailedSeed> _failed = [];
    private int _lived;
    private TimeSpan _virtual;

    /// <summary>Called after each life with how many have been lived; never twice at once.</summary>
    public Action<int>? Progress { get; init; }

    /// <summary>Called for each seed that failed, once it was made small; never twice at once.</summary>
    public Action<FailedSeed>? Found { get; init; }

    /// <summary>Lives until all seeds are lived or the token says stop; what was lived until then counts.</summary>
    public Explored Explore(CancellationToken stop)
    {
        var next = options.From - 1;
        var end = (long)options.From + options.Seeds;
        var workers = Enumerable.Range(0, options.Jobs).Select(_ => new Thread(Work)).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        return new Explored(_lived, [.. _failed.Values], _virtual, _coverage);

        void Work()
        {
            while (!stop.IsCancellationRequested && Interlocked.Increment(ref next) is var seed && seed < end)
            {
                Live(seed);
            }
        }
    }

    private void Live(int seed)
    {
        var life = LifeMaker.Of(seed, options);
        var (outcome, failures) = Exploration.Try(life, play);
        var failed = outcome is { Verdict: ScenarioVerdict.Skipped } ? Skipped(seed, life, outcome)
            : failures.IsEmpty ? null : Fail(seed, life, failures);
        lock (_lock)
        {
            _lived++;
            if (outcome is not null)
            {
                _virtual += outcome.Events is [.., var last] ? last.At.SinceOrigin : TimeSpan.Zero;
                _coverage.Add(life, outcome);
            }

            if (failed is not null)
            {
                _failed[seed] = failed;
                Found?.Invoke(failed);
            }

            Progress?.Invoke(_lived);
        }
    }

    private static FailedSeed Skipped(int seed, Life life, ScenarioOutcome outcome) => new(
        seed, [$"it needs {string.Join(", ", outcome.Missing)}, which is not built"], ["skipped"], life);

    private FailedSeed Fail(int seed, Life life, ImmutableArray<string> failures)
    {
        // A bad end is often only what another broken rule leaves behind.
        ImmutableSortedSet<string> rules = [.. failures.Select(Exploration.RuleOf)];
        var worse = rules.Except(Exploration.OfTheEnd);
        var sought = worse.IsEmpty ? rules : worse;
        var shrinking = new Shrinking(
            smaller => Exploration.Rules(smaller, play).Overlaps(sought), worse.IsEmpty, options.ShrinkPlays);
        return new FailedSeed(seed, failures, rules, shrinking.Shrink(life));
    }
}
