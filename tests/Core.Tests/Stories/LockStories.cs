using Havm.Core.Changes;
using Havm.Core.Leases;
using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SPEC 6: a start that a disk's lock refused is tried again at once when the lock frees.</summary>
public sealed class LockStories
{
    private static readonly InstanceName A = new("a");

    /// <summary>All nodes see the lock: their storage is the same.</summary>
    private static Story LockedOut(int nodes, int elsewhere, TimeSpan? again = null)
    {
        var story = Story.Of(1, nodes);
        foreach (var host in story.Hosts.Values)
        {
            host.DisksLocked.Add(A);
        }

        Assert.Empty(story.Apply(StorySpecs.Of("a", new VirtualMachineSpec
        {
            Template = StorySpecs.Template(memoryMiB: 64) with
            {
                Retries = new RetryPolicy { Here = 1, Elsewhere = elsewhere, Again = again },
            },
        })).Errors);
        return story;
    }

    private static void LetGo(Story story)
    {
        foreach (var host in story.Hosts.Values)
        {
            host.DisksLocked.Clear();
        }
    }

    private static List<Instant> Tries(Story story) =>
        [.. story.Changes.Where(c => c.Change is SeatTaken { Name.Value: "a" }).Select(c => c.At)];

    [Fact]
    public void What_is_failed_for_good_is_tried_as_soon_as_the_lock_that_refused_it_is_free()
    {
        var story = LockedOut(nodes: 2, elsewhere: 1);
        story.Until(() => InstanceMachine.PhaseOf(story.Cluster, story.Instance("a")) == InstancePhase.Failed);
        Assert.Contains("finds its disks' locks free", story.Instance("a").Failures.GivenUp!.Why.Message);
        story.Run(600);
        Assert.Equal(2, Tries(story).Count);

        LetGo(story);

        story.Until(() => story.IsReady("a"), 5);
        Assert.Equal(3, Tries(story).Count);
        Assert.Single(story.Events, e => e.Reason.Code == "lockFreed");
        Assert.All(
            story.Cluster.Ledger.Nodes.Values, node => Assert.Empty(BeatAnswer.GoalOf(story.Cluster, node).Locks));
    }

    [Fact]
    public void A_wait_of_a_minute_ends_with_the_lock()
    {
        var story = LockedOut(nodes: 5, elsewhere: 4);
        story.Until(() => Tries(story).Count == 4, 200);
        story.Run(15);
        Assert.Equal(4, Tries(story).Count);

        LetGo(story);

        story.Until(() => story.IsReady("a"), 5);
        Assert.Equal(5, Tries(story).Count);
    }

    /// <summary>Who held it may be a copy that somebody moved by hand, and let go for a moment.</summary>
    [Fact]
    public void Nothing_is_tried_before_every_node_has_looked_through_itself()
    {
        var story = LockedOut(nodes: 2, elsewhere: 1);
        story.Until(() => story.Instance("a").Failures.Refusal is not null);
        var refused = story.Instance("a").Failures.Refusal!;

        LetGo(story);

        story.Until(() => story.IsReady("a"), 30);
        var taken = story.Changes.Last(c => c.Change is SeatTaken { Name.Value: "a" });
        Assert.True(story.Cluster.Ledger.Instances[A].Seat!.Since >= refused.LookedAt, $"{taken.At}");
    }

    /// <summary>A lock on what no probe looks at: a try would follow as soon as the look is over, for ever.</summary>
    [Fact]
    public void A_lock_that_is_told_free_and_refuses_all_the_same_is_tried_ever_later()
    {
        var story = LockedOut(nodes: 2, elsewhere: 1);
        foreach (var host in story.Hosts.Values)
        {
            host.SeesNoLocks = true;
        }

        story.Run(1800);

        Assert.InRange(Tries(story).Count, 8, 24);
        var last = Tries(story).TakeLast(4).ToList();
        Assert.True(last[^1] - last[0] > TimeSpan.FromMinutes(5), $"{last[^1] - last[0]}");
    }

    [Fact]
    public void A_free_lock_proves_nothing()
    {
        var story = LockedOut(nodes: 2, elsewhere: 1);
        foreach (var host in story.Hosts.Values)
        {
            host.InventoryIncomplete = true;
        }

        story.Until(() => story.Instance("a").Failures.Refusal is not null);
        LetGo(story);
        story.Run(120);

        Assert.Single(Tries(story));
        Assert.False(story.Instance("a").Unproven.IsEmpty);
    }

    [Fact]
    public void When_the_node_that_was_refused_is_gone_another_one_watches()
    {
        var story = LockedOut(nodes: 3, elsewhere: 1);
        story.Until(() => InstanceMachine.PhaseOf(story.Cluster, story.Instance("a")) == InstancePhase.Failed);
        var gone = story.Host(story.Instance("a").Failures.Refusal!.Node.Value);
        gone.PowerOff();
        story.Until(() => story.Cluster.Ledger.Nodes[gone.Name].Phase == NodePhase.Dead);
        story.Run(60);
        Assert.Equal(2, Tries(story).Count);

        LetGo(story);

        story.Until(() => story.IsReady("a"), 5);
    }

    [Fact]
    public void A_lock_that_is_held_all_the_time_leaves_the_waits_as_they_are()
    {
        var story = LockedOut(nodes: 1, elsewhere: 0, again: TimeSpan.FromMinutes(5));

        story.Run(500);

        // At 0 s, and after 12, 30, 60 and 300 s: it is looked around first, which takes longer than the first wait.
        Assert.InRange(Tries(story).Count, 4, 5);
        Assert.DoesNotContain(story.Events, e => e.Reason.Code == "lockFreed");
    }

    [Fact]
    public void A_new_leader_and_a_new_agent_know_what_is_waited_for()
    {
        var story = LockedOut(nodes: 2, elsewhere: 1);
        story.Until(() => InstanceMachine.PhaseOf(story.Cluster, story.Instance("a")) == InstancePhase.Failed);
        story.RestartController();
        foreach (var host in story.Hosts.Values)
        {
            host.RestartAgent();
        }

        story.Run(60);
        Assert.Equal(2, Tries(story).Count);
        LetGo(story);

        story.Until(() => story.IsReady("a"), 5);
    }
}
