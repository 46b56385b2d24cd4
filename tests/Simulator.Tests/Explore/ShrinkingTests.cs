using Havm.Core;
using Havm.Core.Records;
using Havm.Model;
using Havm.Simulator.Explore;
using Havm.Simulator.Scenario.Running;
using Havm.Simulator.Tests.Scenario;

namespace Havm.Simulator.Tests.Explore;

/// <summary>What fails is made small, and what is written of it fails again when it is read and played.</summary>
public sealed class ShrinkingTests
{
    [Fact]
    public void A_liar_is_found_by_random_lives_and_his_failure_is_made_small_and_plays_again()
    {
        var play = new PlayOptions { Step = WithoutProof };
        var explored = new Explorer(new ExploreOptions { Seeds = 12, Verbs = ["isolate"] }, play)
            .Explore(TestContext.Current.CancellationToken);
        var failed = explored.Failed.First(f => f.Rules.Contains("NoInstanceRunsTwice"));

        string text = LifeText.Of(failed.Smallest, "small", "made small");
        var again = ScenarioPlayer.Play(Plays.Read(text), play);
        Assert.Contains("NoInstanceRunsTwice", string.Join('\n', again.Failures), StringComparison.Ordinal);
        Assert.Empty(ScenarioPlayer.Play(Plays.Read(text), new PlayOptions()).Failures
            .Where(failure => failure.Contains("NoInstanceRunsTwice", StringComparison.Ordinal)));

        Assert.Single(failed.Smallest.Vms);
        Assert.InRange(failed.Smallest.Nodes.Length, 2, 3);
        Assert.InRange(failed.Smallest.Steps.Sum(step => step.Do.Length), 1, 3);
    }

    [Fact]
    public void What_rests_on_a_good_end_keeps_the_steps_that_repair_all()
    {
        var life = LifeMaker.Of(3, new ExploreOptions());
        int healing = life.Steps.Count(step => step.Heals);
        var small = new Shrinking(_ => true, keepHealing: true, 1000).Shrink(life);

        Assert.Equal(healing, small.Steps.Length);
        Assert.True(small.Heals);
        Assert.Empty(small.Vms);
    }

    [Fact]
    public void It_ends_when_its_plays_are_spent()
    {
        int plays = 0;
        new Shrinking(_ => ++plays > 0, keepHealing: false, 7).Shrink(LifeMaker.Of(4, new ExploreOptions()));

        Assert.Equal(7, plays);
    }

    [Fact]
    public void What_is_no_scenario_any_more_is_not_smaller()
    {
        var life = new Life
        {
            Nodes = [new LifeNode("n1", "r1", true), new LifeNode("n2", "r1", true)],
            Steps = [new LifeStep(TimeSpan.Zero, true, [new LifeAct("partition", ["[n1]", "[n2]"])])],
        };
        var half = life with
        {
            Steps = [new LifeStep(TimeSpan.Zero, true, [new LifeAct("partition", ["[n1]"])])],
        };

        var liar = new PlayOptions { Step = Throws };
        Assert.Equal([Exploration.Threw], Exploration.Rules(life, liar));
        Assert.Empty(Exploration.Rules(half, liar));
    }

    [Fact]
    public void An_invariant_that_is_broken_is_a_failure_like_any_other()
    {
        var explored = new Explorer(
            new ExploreOptions { Seeds = 1, ShrinkPlays = 20 }, new PlayOptions { Step = Throws })
            .Explore(TestContext.Current.CancellationToken);

        var failed = Assert.Single(explored.Failed);
        Assert.Equal([Exploration.Threw], failed.Rules);
        Assert.Contains("broken on purpose", Assert.Single(failed.Failures), StringComparison.Ordinal);
    }

    private static Decision Throws(Cluster cluster, IReadOnlyList<Input> inputs, Instant now, DateTimeOffset wall) =>
        throw new InvalidOperationException("broken on purpose");

    /// <summary>Takes silence for death.</summary>
    private static Decision WithoutProof(
        Cluster cluster, IReadOnlyList<Input> inputs, Instant now, DateTimeOffset wall)
    {
        var freed = cluster.Ledger.Instances.Values
            .Where(i => i.Seat is { } seat && cluster.Ledger.Nodes[seat.Node].Phase == NodePhase.Lost)
            .Aggregate(cluster.Ledger.Instances, (all, i) => all.SetItem(i.Name, i with { Seat = null }));
        return Controller.Step(cluster with { Ledger = cluster.Ledger with { Instances = freed } }, inputs, now, wall);
    }
}
