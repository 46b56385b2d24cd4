using Havm.Core.Changes;
using Havm.Core.Leases;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SAFETY 6: new leaders, stalled leaders, overruled leaders.</summary>
public sealed class LeaderStories
{
    [Fact]
    public void A_new_leader_listens_for_lostAfter_before_it_judges_any_silence()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Cut = true;
        story.RestartController().Run(3.9);
        Assert.Equal(NodePhase.Up, story.PhaseOf(home));

        story.Run(0.2);

        Assert.Equal(NodePhase.Lost, story.PhaseOf(home));
    }

    /// <summary>Found by exploring: a node that was back was fenced by the leader that came up on it.</summary>
    [Fact]
    public void A_new_leader_repeats_no_power_off_before_it_has_listened_for_the_node_itself()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Sighted(story.Home("a"), 6).Home("a");
        (home.Cut, home.Bmc) = (true, BmcMood.Lazy);
        story.Until(() => story.Sent<PowerOff>(home) > 0);

        story.RestartController();
        var before = story.Sent<PowerOff>(home);
        story.Run(3.9);
        Assert.Equal(before, story.Sent<PowerOff>(home));

        story.Sighted(home, 6).Until(() => story.Sent<PowerOff>(home) > before, 5);
    }

    [Fact]
    public void A_new_leader_uses_a_lease_as_proof_only_T_after_taking_office()
    {
        var story = Story.Of(3, 2, bmc: false, watchdog: WatchdogKind.Independent)
            .With(StorySpecs.Vm("a", IsolationPolicy.PowerOff));
        var home = story.Home("a");
        home.PowerOff();
        story.Run(15);

        story.RestartController();
        var seconds = story.Until(() => story.IsElsewhere("a", home));

        Assert.Equal(LeaseTerms.Default.T(IsolationPolicy.PowerOff)!.Value.TotalSeconds, seconds, 3);
    }

    [Fact]
    public void A_new_leader_acts_at_once_on_a_BMC_that_says_Off_of_a_node_that_was_lost_before()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        story.SharedStore = true;
        var home = story.Home("a");
        home.PowerOff();
        home.Bmc = BmcMood.Dead;
        story.Run(10);
        home.Bmc = BmcMood.Honest;

        story.RestartController();
        var seconds = story.Until(() => story.IsElsewhere("a", home));

        // A beat until an agent has spoken, who can be asked about the heartbeat, and his answer.
        Assert.InRange(seconds, 0, 2);
    }

    [Fact]
    public void A_new_leader_does_not_believe_a_BMC_that_says_Off_of_a_node_that_was_cut_off_before()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        story.SharedStore = true;
        var home = story.Home("a");
        home.Cut = true;
        home.Bmc = BmcMood.Dead;
        story.Run(10);
        home.Bmc = BmcMood.SaysOff;

        story.RestartController().Run(20);

        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void A_stall_of_our_own_never_makes_a_node_silent()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        foreach (var host in story.Hosts.Values)
        {
            host.Cut = true;
        }

        story.Run(1.9);
        story.Post(new OwnStall(TimeSpan.FromSeconds(2))).Run(3.8);

        Assert.All(story.Hosts.Values, h => Assert.Equal(NodePhase.Up, story.PhaseOf(h)));
    }

    [Fact]
    public void A_stall_of_our_own_does_not_bring_a_lost_node_back()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Cut = true;
        home.Bmc = BmcMood.Lazy;
        story.Sighted(home, 6);
        story.Run(10);
        Assert.NotNull(story.Node(home.Name.Value).Fence);

        story.Post(new OwnStall(TimeSpan.FromSeconds(1))).Run(0.5);

        Assert.Equal(NodePhase.Lost, story.PhaseOf(home));
        Assert.NotNull(story.Node(home.Name.Value).Fence);
    }

    [Fact]
    public void A_stall_does_not_pause_the_lease_clock()
    {
        var story = Story.Of(3, 2, bmc: false, watchdog: WatchdogKind.Independent)
            .With(StorySpecs.Vm("a", IsolationPolicy.PowerOff));
        var home = story.Home("a");
        story.Until(() => home.LeaseFrom == story.Now);
        home.PowerOff();
        story.Run(10).Post(new OwnStall(TimeSpan.FromSeconds(1)));

        var seconds = story.Until(() => story.IsElsewhere("a", home));

        Assert.Equal(9, seconds, 3);
    }

    [Fact]
    public void An_overruled_controller_does_nothing_and_takes_no_orders()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        story.Post(home.WardenBeat() with { Highest = new LeaderSeen("story", "controller-2", new Epoch(9), 0) });
        story.Step();
        var ledger = story.Ledger;
        var commands = story.Commands.Count;
        home.PowerOff();

        var outcome = story.Apply(StorySpecs.Vm("b"));
        story.Run(60);

        Assert.Same(ledger, story.Ledger);
        Assert.Contains("epoch 9", Assert.Single(outcome.Errors).Reason);
        Assert.Equal(commands, story.Commands.Count);
        var beat = story.Hosts.Values.First(h => h.Powered).WardenBeat();
        Assert.False(BeatAnswer.To(story.Cluster, beat, story.Now).Lease);
    }

    [Fact]
    public void What_comes_together_with_the_word_of_a_newer_leader_is_refused_too()
    {
        var story = Story.Of(3, 2);
        story.Post(new CordonOrder(900, new NodeName("n1"), true, "ann"));
        story.Post(story.Host("n2").AgentBeat() with
        {
            Highest = new LeaderSeen("story", "controller-2", new Epoch(9), 0),
        });

        story.Step();

        Assert.Empty(story.Last.Changes);
        Assert.NotEmpty(Assert.Single(story.Last.Replies).Outcome.Errors);
    }

    [Fact]
    public void Who_holds_the_goal_is_not_told_it_again_until_it_changes_or_another_leader_speaks()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        story.Run(3);
        Assert.Null(BeatAnswer.To(story.Cluster, home.WardenBeat(), story.Now).Goal);
        Assert.Null(BeatAnswer.To(story.Cluster, home.AgentBeat(), story.Now).Goal);
        Assert.True(BeatAnswer.To(story.Cluster, home.WardenBeat(), story.Now).Lease);
        Assert.NotNull(BeatAnswer.To(story.Cluster, home.AgentBeat() with { Holds = null }, story.Now).Goal);

        Assert.Empty(story.Delete("VirtualMachine/a").Errors);
        story.Step();
        Assert.NotNull(BeatAnswer.To(story.Cluster, home.AgentBeat(), story.Now).Goal);

        story.Run(3).RestartController();
        Assert.NotNull(BeatAnswer.To(story.Cluster, home.WardenBeat(), story.Now).Goal);
    }

    [Fact]
    public void A_new_leader_finds_all_that_was_decided_and_repeats_nothing()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Service("web", 4), StorySpecs.Vm("a"));

        story.RestartController();
        var changes = Decided(story);
        story.Run(30);

        Assert.Equal(changes, Decided(story));
        Assert.True(story.IsReady("a"));
    }

    /// <summary>That a new term looks is marked in the accounts, and is no decision.</summary>
    private static int Decided(Story story) =>
        story.Changes.Count(c => c.Change is not Havm.Core.Changes.AccountsLooked);
}
