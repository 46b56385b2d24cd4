using Havm.Core.Changes;
using Havm.Core.Disarming;
using Havm.Core.Leases;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SPEC 5.7, SAFETY 3: automation is off: nothing acts, and no lease is a proof until T after it.</summary>
public sealed class DisarmStories
{
    private static readonly double T = LeaseTerms.Default.T(IsolationPolicy.PowerOff)!.Value.TotalSeconds;

    private static readonly double LongestT = LeaseTerms.Default.LongestT.TotalSeconds;

    private static Story Leased() => Story.Of(3, 2, bmc: false, watchdog: WatchdogKind.Independent)
        .With(StorySpecs.Vm("a", IsolationPolicy.PowerOff));

    private static Story Fenced()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"), StorySpecs.Vm("b"));
        story.SharedStore = true;
        return story;
    }

    private static OrderOutcome Disarm(
        Story story, AutomationMode mode = AutomationMode.Freeze, double minutes = 60) =>
        story.Order(id => new DisarmOrder(id, mode, TimeSpan.FromMinutes(minutes), "ann"));

    private static OrderOutcome Arm(Story story) => story.Order(id => new ArmOrder(id, "ann"));

    private static Disarm OnRecord(Story story) => story.Ledger.Disarm!;

    [Fact]
    public void Fences_grow_old_while_automation_is_disarmed()
    {
        var story = Story.Of(4, 1).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Bmc = BmcMood.Lazy;
        home.Cut = true;
        story.Sighted(home, 6);
        story.Run(30);
        Assert.Single(story.Ledger.Counters.Fences);

        Disarm(story, minutes: 60);
        story.Run(130);

        Assert.True(Assert.Single(story.Ledger.Counters.Fences).Age >= TimeSpan.FromMinutes(2));
    }

    [Theory]
    [InlineData(AutomationMode.Freeze)]
    [InlineData(AutomationMode.HandsOff)]
    public void A_node_that_dies_is_judged_and_proven_and_nothing_is_recovered_before_automation_is_on(
        AutomationMode mode)
    {
        var story = Fenced();
        var home = story.Home("a");
        Disarm(story, mode);
        story.Run(3);
        home.PowerOff();

        story.Run(300);

        Assert.Equal(NodePhase.Dead, story.PhaseOf(home));
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
        Assert.Contains(story.Last.Held, h => h.Guard.Code == "disarmGuard" && h.Proposal.Change is SeatWithdrawn);
        Arm(story);
        var look = mode == AutomationMode.HandsOff ? DisarmRule.LookAround.TotalSeconds : 0;
        Assert.InRange(story.Until(() => story.IsElsewhere("a", home)), look - 1, look + 2);
        story.Until(() => story.IsReady("a"));
    }

    [Fact]
    public void A_node_that_hangs_is_not_fenced_and_is_once_it_was_listened_for_after_automation_came_on()
    {
        var story = Fenced();
        var home = story.Home("a");
        Disarm(story);
        story.Run(3);
        home.Hang(story.Now);

        story.Run(300);

        Assert.True(home.Powered);
        Assert.Equal(0, story.Sent<PowerOff>());
        Assert.Equal(NodePhase.Lost, story.PhaseOf(home));
        Arm(story);
        var seconds = story.Until(() => story.Sent<PowerOff>(home) > 0);
        Assert.InRange(seconds, story.Cluster.Policy.Liveness.LostAfter.TotalSeconds - 0.2, 6);
        story.Until(() => story.IsElsewhere("a", home));
    }

    [Fact]
    public void An_order_to_fence_that_is_under_way_is_not_sent_again()
    {
        var story = Fenced();
        var home = story.Home("a");
        home.Bmc = BmcMood.Lazy;
        home.Hang(story.Now);
        story.Until(() => story.Sent<PowerOff>(home) > 0);
        Disarm(story);
        var sent = story.Commands.Last(c => c.Command is PowerOff).Command;
        var before = story.Sent<PowerOff>(home);

        story.Run(120);

        Assert.Equal(before, story.Sent<PowerOff>(home));
        Assert.False(Fencing.FencingDecider.Stands(story.Cluster, (PowerOff)sent, story.Now));
    }

    [Fact]
    public void A_fenced_node_is_not_powered_on()
    {
        var story = Fenced();
        var home = story.Home("a");
        home.Hang(story.Now);
        story.Until(() => !home.Powered);
        Disarm(story);

        story.Run(120);

        Assert.False(home.Powered);
        Assert.Equal(0, story.Sent<PowerOn>());
        Arm(story);
        story.Until(() => home.Powered);
    }

    [Fact]
    public void Orders_and_objects_are_on_record_and_carried_out_only_when_automation_is_on()
    {
        var story = Fenced();
        Disarm(story);
        story.Run(3);

        var stop = story.Order(id => new InstanceOrder(id, new InstanceName("a"), InstanceVerb.Stop, "ann"));
        var made = story.Apply(StorySpecs.Vm("c"));
        story.Run(60);

        Assert.Contains("automation is disarmed", Assert.Single(stop.Objects).Message);
        Assert.Contains(made.Warnings, w => w.Message.Contains("automation is disarmed"));
        Assert.True(story.Home("a").Running.ContainsKey(new InstanceName("a")));
        Assert.False(story.Exists("c"));
        Arm(story);
        story.Until(() => story.SeatOf("a") is null && story.Exists("c") && story.IsReady("c"));
    }

    [Fact]
    public void What_a_host_gives_up_is_counted_once_and_taken_back_when_automation_is_on()
    {
        var story = Fenced();
        var home = story.Home("a");
        Disarm(story);
        story.Run(3);
        home.Running.Remove(new InstanceName("a"));
        home.GivenUp.Add((new InstanceName("a"), new Generation(1)));

        story.Run(60);

        Assert.Equal(0, story.Instance("a").Failures.Count);
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
        Arm(story);
        story.Until(() => story.IsElsewhere("a", home));
        Assert.Equal(1, story.Instance("a").Failures.Count);
    }

    [Fact]
    public void It_is_durable_and_a_new_leader_holds_to_it()
    {
        var story = Fenced();
        var home = story.Home("a");
        Disarm(story, AutomationMode.HandsOff);
        story.Run(3).RestartController().Run(10);
        home.PowerOff();

        story.Run(120);

        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
        Assert.Equal(AutomationMode.HandsOff, DisarmRule.InForce(story.Ledger)!.Mode);
    }

    [Fact]
    public void It_ends_by_itself()
    {
        var story = Fenced();
        var home = story.Home("a");
        Disarm(story, minutes: 5);
        story.Run(3);
        home.PowerOff();

        var seconds = story.Until(() => story.IsElsewhere("a", home), limit: 400);

        Assert.Equal(297, seconds, 1.0);
        Assert.True(story.Happened("rearmed"));
    }

    [Fact]
    public void From_the_commit_no_lease_is_a_proof_also_of_a_node_that_never_heard_of_it()
    {
        var story = Leased();
        var home = story.Home("a");
        home.PowerOff();
        story.Run(T - 2);
        Disarm(story);
        story.Run(120);
        Arm(story);

        // Its silence is one that nobody can end by a lease: it may have heard, for all we know.
        story.Run(600);

        Assert.False(story.IsElsewhere("a", home));
        Assert.Equal([home.Name], DisarmRule.Missing(story.Cluster, OnRecord(story)));
        story.Order(id => new ConfirmDeadOrder(id, home.Name, home.Boot, "ann"));
        story.Until(() => story.IsElsewhere("a", home));
    }

    [Fact]
    public void A_bound_instance_outlives_its_lease_on_a_node_that_acknowledged_and_is_not_followed()
    {
        var story = Leased();
        var home = story.Home("a");
        Disarm(story);
        story.Run(3);
        Assert.Empty(DisarmRule.Missing(story.Cluster, OnRecord(story)));
        home.Cut = true;
        story.Run(600);
        Assert.Single(home.Running);

        Arm(story);
        story.Run(600);

        Assert.Single(home.Running);
        Assert.False(story.IsElsewhere("a", home));
        home.Cut = false;
        story.Until(() => OnRecord(story).State == DisarmState.Over, limit: 200);
        Assert.Equal(new Generation(1), story.SeatOf("a")!.Generation);
        Assert.Single(home.Running);
    }

    [Fact]
    public void A_node_that_has_not_acknowledged_may_stop_its_own_and_is_listed()
    {
        var story = Leased();
        var home = story.Home("a");
        home.Cut = true;
        Disarm(story);

        story.Run(60);

        Assert.Empty(home.Running);
        Assert.Equal([home.Name], DisarmRule.Missing(story.Cluster, OnRecord(story)));
        Assert.False(story.IsElsewhere("a", home));
    }

    [Fact]
    public void Leases_prove_again_T_after_every_node_has_acknowledged()
    {
        var story = Leased();
        var home = story.Home("a");
        var late = story.Hosts.Values.First(h => h != home);
        Disarm(story);
        story.Run(5);
        late.Cut = true;
        Arm(story);
        story.Run(200);
        Assert.Equal(DisarmState.Rearming, OnRecord(story).State);
        late.Cut = false;
        story.Run(3);
        home.PowerOff();

        var seconds = story.Until(() => story.IsElsewhere("a", home), limit: 200);

        Assert.InRange(seconds, LongestT - 5, LongestT + 1);
        Assert.Equal(DisarmState.Over, OnRecord(story).State);
    }

    [Fact]
    public void A_new_leader_counts_T_from_what_it_heard_itself()
    {
        var story = Leased();
        Disarm(story);
        story.Run(3);
        Arm(story);
        story.Run(LongestT - 5).RestartController();

        var seconds = story.Until(() => OnRecord(story).State == DisarmState.Over, limit: 200);

        Assert.InRange(seconds, LongestT, LongestT + 2);
    }

    [Fact]
    public void An_adopted_state_that_knows_nothing_of_it_takes_no_lease_for_a_proof_before_every_node_is_armed()
    {
        var story = Leased();
        var home = story.Home("a");
        var backup = story.Ledger;
        Disarm(story);
        story.Run(5);
        home.Cut = true;

        story.Restore(backup).Run(2).Adopt();
        story.Run(3600);

        Assert.Single(home.Running);
        Assert.False(story.IsElsewhere("a", home));
        home.Cut = false;
        story.Until(() => OnRecord(story).State == DisarmState.Over, limit: 200);
        Assert.Single(home.Running);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData((72 * 60) + 1)]
    public void A_length_out_of_bounds_is_one_clear_error_and_changes_nothing(double minutes)
    {
        var story = Fenced();

        var outcome = Disarm(story, minutes: minutes);

        Assert.Contains("1m to 72h", Assert.Single(outcome.Errors).Remedy);
        Assert.Null(story.Ledger.Disarm);
    }

    [Fact]
    public void Arming_what_is_armed_changes_nothing_and_says_so()
    {
        var story = Fenced();

        Assert.Equal(ObjectChange.Unchanged, Assert.Single(Arm(story).Objects).Change);
        Assert.Null(story.Ledger.Disarm);
    }

    [Fact]
    public void The_newer_of_two_orders_holds()
    {
        var story = Fenced();
        Disarm(story, minutes: 5);
        story.Run(60);
        Disarm(story, AutomationMode.HandsOff, minutes: 10);

        story.Run(400);

        Assert.Equal(AutomationMode.HandsOff, DisarmRule.InForce(story.Ledger)!.Mode);
        Assert.All(story.Hosts.Values, h => Assert.Equal(AutomationMode.HandsOff, h.Automation!.Mode));
    }

    [Fact]
    public void What_was_moved_by_hand_a_moment_before_is_not_started_where_it_was()
    {
        var story = Fenced();
        var home = story.Home("a");
        var there = story.Hosts.Values.First(h => h != home);
        Disarm(story, AutomationMode.HandsOff);
        story.Run(3);
        story.MoveByHand(new("a"), home, there);
        var taken = story.Count<SeatTaken>();

        Arm(story);
        story.Until(() => OnRecord(story).State == DisarmState.Rearming);

        Assert.Equal(there.Name, story.SeatOf("a")!.Node);
        Assert.Empty(home.Running);
        Assert.Equal(0, story.Count<SeatWithdrawn>());
        Assert.Equal(taken, story.Count<SeatTaken>());
    }

    [Fact]
    public void What_people_have_begun_under_hands_off_is_looked_for_though_a_freeze_followed()
    {
        var story = Fenced();
        Disarm(story, AutomationMode.HandsOff);
        story.Run(3);
        Disarm(story);
        story.Run(3);

        Assert.Contains("searched", Assert.Single(Arm(story).Objects).Message);
        Assert.Equal(DisarmState.LookingAround, OnRecord(story).State);
        Assert.Equal(ObjectChange.Unchanged, Assert.Single(Arm(story).Objects).Change);
        var seconds = story.Until(() => OnRecord(story).State == DisarmState.Rearming);

        Assert.InRange(seconds, DisarmRule.LookAround.TotalSeconds - 1, DisarmRule.LookAround.TotalSeconds + 2);
    }

    [Fact]
    public void A_new_leader_looks_around_anew()
    {
        var story = Fenced();
        Disarm(story, AutomationMode.HandsOff);
        story.Run(3);
        Arm(story);
        story.Run(DisarmRule.LookAround.TotalSeconds - 3).RestartController();

        var seconds = story.Until(() => OnRecord(story).State == DisarmState.Rearming);

        Assert.InRange(seconds, DisarmRule.LookAround.TotalSeconds - 1, DisarmRule.LookAround.TotalSeconds + 2);
    }
}
