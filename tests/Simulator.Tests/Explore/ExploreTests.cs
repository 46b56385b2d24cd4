using Havm.Simulator.Explore;
using Havm.Simulator.Scenario.Running;
using Havm.Simulator.Tests.Scenario;

namespace Havm.Simulator.Tests.Explore;

/// <summary>
/// Random lives hold. HAVM_SEED lives one; HAVM_SEEDS that many more than the fixed ones, from a drawn one that is
/// printed.
/// </summary>
public sealed class ExploreTests(ITestOutputHelper output)
{
    private const int Fixed = 200;
    private const int New = 60;

    [Fact]
    public void Two_hundred_fixed_lives_break_no_rule()
    {
        var explored = Explore(new ExploreOptions { Seeds = Fixed, Jobs = 2 });

        Assert.Equal(Fixed, explored.Lived);
        Assert.DoesNotContain("fence", explored.Coverage.Missing);
        Assert.DoesNotContain(
            explored.Coverage.Missing, kind => kind.StartsWith("verb ", StringComparison.Ordinal));
    }

    [Fact]
    public void Lives_that_nobody_has_lived_before_break_no_rule()
    {
        var one = Number("HAVM_SEED");
        var fast = Environment.GetEnvironmentVariable("HAVM_TEST_FAST") is not null;
        var from = one ?? Random.Shared.Next(1_000_000, 1_000_000_000);
        var seeds = one is null ? Number("HAVM_SEEDS") ?? (fast ? 1 : New) : 1;
        output.WriteLine($"seeds {from} to {from + seeds - 1}");

        Assert.Equal(seeds, Explore(new ExploreOptions { From = from, Seeds = seeds, Jobs = 2 }).Lived);
    }

    [Fact]
    public void A_seed_always_draws_the_same_life_and_another_seed_another()
    {
        var options = new ExploreOptions();
        string[] texts = [.. Enumerable.Range(1, 50).Select(seed => Text(LifeMaker.Of(seed, options)))];

        Assert.Equal(texts, Enumerable.Range(1, 50).Select(seed => Text(LifeMaker.Of(seed, options))));
        Assert.Equal(texts.Length, texts.Distinct().Count());
        Assert.All(texts, text => Plays.Read(text));
    }

    [Fact]
    public void Only_what_is_asked_for_is_drawn()
    {
        var options = new ExploreOptions { Nodes = 7, Verbs = ["isolate", "set"], Minutes = TimeSpan.FromMinutes(3) };
        for (var seed = 1; seed <= 20; seed++)
        {
            var life = LifeMaker.Of(seed, options);
            Assert.Equal(7, life.Nodes.Length);
            Assert.All(
                life.Steps.Where(step => !step.Heals).SelectMany(step => step.Do),
                act => Assert.Contains(act.Verb, options.Verbs));
        }
    }

    private Explored Explore(ExploreOptions options)
    {
        var explored = new Explorer(options, new PlayOptions()).Explore(TestContext.Current.CancellationToken);
        foreach (var failed in explored.Failed)
        {
            output.WriteLine($"seed {failed.Seed}: {string.Join('\n', failed.Failures)}\n{Text(failed.Smallest)}");
        }

        output.WriteLine($"never occurred: {string.Join(", ", explored.Coverage.Missing)}");
        Assert.True(
            explored.Failed.IsEmpty,
            $"seeds {string.Join(", ", explored.Failed.Select(failed => failed.Seed))} broke "
                + $"{string.Join(", ", explored.Failed.SelectMany(failed => failed.Rules).Distinct())}\n"
                + $"{explored.Failed.Select(failed => Text(failed.Smallest)).FirstOrDefault()}");
        return explored;
    }

    private static string Text(Life life) => LifeText.Of(life, "drawn", "drawn");

    private static int? Number(string name) =>
        Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text) : null;
}
