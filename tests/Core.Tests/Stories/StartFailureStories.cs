using Havm.Core.Changes;
using Havm.Core.Healing;
using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SPEC 6: what follows a start that failed: tries here and elsewhere, `failed`, and what ends that.</summary>
public sealed class StartFailureStories
{
    private static readonly InstanceName A = new("a");

    private static SpecObject Retrying(int elsewhere, TimeSpan? again = null, int here = 1, int memoryMiB = 64) =>
        StorySpecs.Of("a", new VirtualMachineSpec
        {
            Template = StorySpecs.Template(memoryMiB: memoryMiB) with
            {
                Retries = new RetryPolicy { Here = here, Elsewhere = elsewhere, Again = again },
            },
        });

    /// <summary>An instance that no node can start.</summary>
    private static Story Nowhere(Story story, SpecObject? a = null)
    {
        foreach (var host in story.Hosts.Values)
        {
            host.CannotStart.Add(A);
        }

        Assert.Empty(story.Apply(a ?? Retrying(elsewhere: 1)).Errors);
        return story;
    }

    /// <summary>A clock that was ahead noted them: no wait is that long.</summary>
    [Fact]
    public void A_wait_that_is_longer_than_any_can_be_is_over()
    {
        var wall = DateTimeOffset.UnixEpoch;
        Assert.False(BackOff.IsOver(new FailedTries { NextTryAt = wall + TimeSpan.FromMinutes(5) }, wall));
        Assert.True(BackOff.IsOver(new FailedTries { NextTryAt = wall + TimeSpan.FromMinutes(6) }, wall));
        Assert.True(BackOff.IsOver(new FailedTries { NextTryAt = wall }, wall));

        var why = new Reason("healing", "failed", "");
        var givenUp = new GivenUp(wall, wall + TimeSpan.FromHours(1), why);
        Assert.False(BackOff.IsOver(givenUp, TimeSpan.FromHours(1), wall));
        Assert.True(BackOff.IsOver(givenUp, TimeSpan.FromMinutes(59), wall));
        Assert.False(BackOff.IsOver(new GivenUp(wall, null, why), TimeSpan.FromHours(1), wall));
    }

    private static InstancePhase PhaseOf(Story story) => InstanceMachine.PhaseOf(story.Cluster, story.Instance("a"));

    private static List<string> Tried(Story story) =>
        [.. story.Changes.Select(c => c.Change).OfType<SeatTaken>().Where(t => t.Name == A).Select(t => t.Node.Value)];

    [Fact]
    public void What_cannot_be_started_on_its_node_is_started_on_one_that_was_not_tried()
    {
        var story = Story.Of(1, 3);
        story.Host("n1").CannotStart.Add(A);
        story.Host("n2").CannotStart.Add(A);

        story.With(Retrying(elsewhere: 2));

        Assert.Equal(["n1", "n2", "n3"], Tried(story));
        story.Run(3);
        Assert.Equal(0, story.Instance("a").Failures.Count);
    }

    [Fact]
    public void With_all_tries_elsewhere_used_up_it_is_failed_and_says_why_and_what_ends_that()
    {
        var story = Nowhere(Story.Of(2, 2));

        story.Until(() => PhaseOf(story) == InstancePhase.Failed);
        story.Run(60);

        Assert.Equal(InstancePhase.Failed, PhaseOf(story));
        Assert.Equal(["n1", "n2"], Tried(story));
        var why = story.Instance("a").Failures.GivenUp!.Why;
        Assert.Contains("n1, n2", why.Message, StringComparison.Ordinal);
        Assert.Contains("the image could not be read", why.Message, StringComparison.Ordinal);
        Assert.Contains("havm vm start a", why.Message, StringComparison.Ordinal);
        Assert.Single(story.Events, e => e.Reason.Code == "failed");
    }

    [Fact]
    public void With_no_other_node_that_could_take_it_it_is_failed_at_once()
    {
        var story = Nowhere(Story.Of(1, 2).With(StorySpecs.Vm("b", memoryMiB: 4096)), Retrying(5));

        story.Until(() => PhaseOf(story) == InstancePhase.Failed, 10);

        Assert.Contains("no other node can take it", story.Instance("a").Failures.GivenUp!.Why.Message);
    }

    [Fact]
    public void A_node_that_frees_is_tried_at_once_and_the_nodes_that_it_failed_on_are_not()
    {
        var story = Nowhere(Story.Of(1, 2).With(StorySpecs.Vm("b", memoryMiB: 4096)), Retrying(5));
        story.Until(() => PhaseOf(story) == InstancePhase.Failed, 10);
        var freed = story.Home("b");
        freed.CannotStart.Clear();

        story.Delete("VirtualMachine/b");

        story.Until(() => story.IsReady("a"), 10);
        Assert.Equal(freed.Name, story.SeatOf("a")!.Node);
        Assert.Equal(2, Tried(story).Count);
    }

    [Fact]
    public void A_node_that_appears_is_tried_at_once_but_none_that_could_have_been_tried_before()
    {
        var story = Story.Of(1, 4);
        story.Host("n4").PowerOff();
        story.Run(5);
        Nowhere(story);
        story.Until(() => PhaseOf(story) == InstancePhase.Failed);
        story.Host("n4").CannotStart.Clear();
        story.Run(30);
        Assert.Equal(["n1", "n2"], Tried(story));

        story.Reboot(story.Host("n4"));

        story.Until(() => story.IsReady("a"), 20);
        Assert.Equal(["n1", "n2", "n4"], Tried(story));
    }

    [Fact]
    public void A_node_that_appears_and_cannot_start_it_either_leaves_it_failed()
    {
        var story = Story.Of(1, 3);
        story.Host("n3").PowerOff();
        story.Run(5);
        Nowhere(story);
        story.Until(() => PhaseOf(story) == InstancePhase.Failed);

        story.Reboot(story.Host("n3"));
        story.Until(() => Tried(story).Count == 3);
        story.Run(60);

        Assert.Equal(InstancePhase.Failed, PhaseOf(story));
        Assert.Equal(["n1", "n2", "n3"], Tried(story));
    }

    [Fact]
    public void An_order_opens_all_nodes_to_it_again()
    {
        var story = Nowhere(Story.Of(1, 2));
        story.Until(() => PhaseOf(story) == InstancePhase.Failed);
        story.Host("n1").CannotStart.Clear();

        Assert.Empty(story.Order(id => new InstanceOrder(id, A, InstanceVerb.Start, "ann")).Errors);

        story.Until(() => story.IsReady("a"), 10);
        Assert.Null(story.Instance("a").Failures.GivenUp);
    }

    [Fact]
    public void Another_definition_opens_all_nodes_to_it_again()
    {
        var story = Nowhere(Story.Of(1, 2));
        story.Until(() => PhaseOf(story) == InstancePhase.Failed);
        story.Host("n2").CannotStart.Clear();

        Assert.Empty(story.Apply(Retrying(elsewhere: 1, memoryMiB: 96)).Errors);

        story.Until(() => story.IsReady("a"), 10);
    }

    [Fact]
    public void Rounds_of_tries_follow_each_other_ever_later_up_to_the_longest_wait()
    {
        var story = Nowhere(Story.Of(1, 1), Retrying(elsewhere: 0, again: TimeSpan.FromSeconds(45)));
        var given = new List<TimeSpan>();
        for (var round = 1; round <= 5; round++)
        {
            story.Until(() => Tried(story).Count == round && PhaseOf(story) == InstancePhase.Failed);
            var failed = story.Instance("a").Failures.GivenUp!;
            given.Add(failed.AgainAt!.Value - failed.Since);
        }

        Assert.Equal([10, 30, 45, 45, 45], given.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public void Tries_elsewhere_are_made_at_once_and_then_ever_later()
    {
        var story = Nowhere(Story.Of(1, 4), Retrying(elsewhere: 3));

        story.Until(() => PhaseOf(story) == InstancePhase.Failed, 200);

        var at = story.Changes.Where(c => c.Change is SeatTaken { Name.Value: "a" }).Select(c => c.At).ToList();
        Assert.Equal(4, at.Count);
        Assert.InRange((at[1] - at[0]).TotalSeconds, 0, 5);
        Assert.InRange((at[2] - at[1]).TotalSeconds, 10, 15);
        Assert.InRange((at[3] - at[2]).TotalSeconds, 30, 35);
    }

    [Fact]
    public void What_runs_well_without_an_application_has_its_failures_forgotten_too()
    {
        var story = Story.Of(1, 2);
        story.Host("n1").CannotStart.Add(A);
        story.Host("n2").NeverReady = true;

        Assert.Empty(story.Apply(Retrying(elsewhere: 1)).Errors);
        story.Until(() => PhaseOf(story) == InstancePhase.Running);
        story.Run(2);

        Assert.Equal(0, story.Instance("a").Failures.Count);
        Assert.Empty(story.Instance("a").Failures.Tried);
    }

    [Fact]
    public void Its_host_is_told_how_often_it_may_try_and_its_own_word_outranks_the_policy()
    {
        var policy = StorySpecs.Of("default", new PolicySpec
        {
            Recovery = new RecoveryPolicy { Retries = new RetryPolicy { Here = 7, Elsewhere = 9 } },
        });
        var story = Story.Of(1, 1).With(policy, StorySpecs.Vm("b"), Retrying(elsewhere: 4, here: 2));

        Assert.Equal((7, 9), (story.Instance("b").Machine.Repair.StartRetries, story.Instance("b").Retries.Elsewhere));
        Assert.Equal((2, 4), (story.Instance("a").Machine.Repair.StartRetries, story.Instance("a").Retries.Elsewhere));
    }

    [Fact]
    public void A_new_leader_goes_on_where_the_last_one_was()
    {
        var story = Nowhere(Story.Of(1, 3));
        story.Until(() => PhaseOf(story) == InstancePhase.Failed);
        int tries = Tried(story).Count;

        story.RestartController();
        story.Run(60);

        Assert.Equal(InstancePhase.Failed, PhaseOf(story));
        Assert.Equal(tries, Tried(story).Count);
    }

    [Fact]
    public void Waits_between_rounds_never_exceed_the_longest()
    {
        Assert.Equal(
            [10, 30, 60, 300, 3600, 3600],
            Enumerable.Range(1, 6).Select(r => BackOff.BetweenRounds(r, TimeSpan.FromHours(1)).TotalSeconds));
    }
}
