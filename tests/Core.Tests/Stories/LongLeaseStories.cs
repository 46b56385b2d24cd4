using Havm.Core.Admission;
using Havm.Core.Changes;
using Havm.Core.Leases;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SAFETY 3: a long lease before a planned controller stop, no lease proof while one may be held.</summary>
public sealed class LongLeaseStories
{
    private static readonly TimeSpan TenMinutes = TimeSpan.FromMinutes(10);

    private static readonly double T = LeaseTerms.Default.T(IsolationPolicy.PowerOff)!.Value.TotalSeconds;

    private static Story Bound() => Story.Of(3, 2, bmc: false, watchdog: WatchdogKind.Independent)
        .With(StorySpecs.Vm("a", IsolationPolicy.PowerOff));

    private static OrderOutcome Hold(Story story, TimeSpan length) =>
        story.Order(id => new LongLeaseOrder(id, length, "ann"));

    private static OrderOutcome Release(Story story) => story.Order(id => new LongLeaseEndOrder(id, "ann"));

    private static LongLease OnRecord(Story story) => story.Ledger.LongLease!;

    [Fact]
    public void A_bound_instance_lives_on_while_the_controller_is_stopped_for_longer_than_K()
    {
        var story = Bound();
        var home = story.Home("a");
        Assert.Empty(Hold(story, TenMinutes).Errors);
        story.Run(2);
        Assert.Equal(6, LongLeaseRule.Holding(story.Cluster, OnRecord(story)).Length);

        story.Outage(300);
        Assert.Single(home.Running);
        story.Run(60);

        Assert.Equal(new Generation(1), story.SeatOf("a")!.Generation);
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void Without_one_it_ends_with_its_lease()
    {
        var story = Bound();
        var home = story.Home("a");

        story.Outage(15);

        Assert.Empty(home.Running);
    }

    [Fact]
    public void No_answer_grants_it_before_it_is_durable()
    {
        var story = Bound();
        var before = story.Cluster;
        var beat = story.Home("a").WardenBeat();
        Hold(story, TenMinutes);

        Assert.Null(BeatAnswer.To(before, beat, story.Now).LongLease);
        Assert.Contains(story.Last.Changes, c => c is LongLeaseGranted);
        Assert.Equal(TenMinutes, BeatAnswer.To(story.Cluster, beat, story.Now).LongLease!.Remaining);
    }

    [Fact]
    public void What_is_left_is_granted_and_every_host_has_the_same_end()
    {
        var story = Bound();
        Hold(story, TenMinutes);
        var end = story.Now + TenMinutes;
        story.Host("n6").Cut = true;
        story.Run(100);
        story.Host("n6").Cut = false;
        story.Run(5);

        Assert.All(story.Hosts.Values, h => Assert.True(h.LongLease!.Value.Until <= end));
    }

    [Fact]
    public void From_the_commit_until_its_end_and_T_no_lease_is_a_proof()
    {
        var story = Bound();
        var home = story.Home("a");
        home.PowerOff();
        story.Run(T - 2);
        Hold(story, TenMinutes);

        var seconds = story.Until(() => story.IsElsewhere("a", home), limit: 1000);

        Assert.Equal(LeaseTerms.Default.OnOurClock(TenMinutes).TotalSeconds + T, seconds, 0.15);
    }

    [Fact]
    public void A_new_leader_cannot_know_how_much_has_passed_and_counts_all_of_it_again()
    {
        var story = Bound();
        var home = story.Home("a");
        Hold(story, TenMinutes);
        story.Run(5);
        home.PowerOff();
        story.Outage(500);

        var seconds = story.Until(() => story.IsElsewhere("a", home), limit: 1000);

        Assert.Equal(LeaseTerms.Default.OnOurClock(TenMinutes).TotalSeconds + T, seconds, 0.15);
    }

    [Fact]
    public void A_new_leader_grants_nothing_of_what_an_earlier_one_ordered()
    {
        var story = Bound();
        story.Host("n6").Cut = true;
        Hold(story, TenMinutes);
        story.Run(2).RestartController();
        story.Host("n6").Cut = false;

        story.Run(5);

        Assert.Null(story.Host("n6").LongLease);
        Assert.NotNull(story.Host("n5").LongLease);
        Assert.Null(BeatAnswer.To(story.Cluster, story.Host("n6").WardenBeat(), story.Now).LongLease);
    }

    [Fact]
    public void Ended_by_order_leases_prove_again_T_after_every_node_has_acknowledged()
    {
        var story = Bound();
        var home = story.Home("a");
        Hold(story, TimeSpan.FromHours(1));
        story.Run(5);
        Release(story);
        story.Run(3);
        Assert.Empty(LongLeaseRule.MayHold(story.Cluster, OnRecord(story)));
        home.PowerOff();

        var seconds = story.Until(() => story.IsElsewhere("a", home));

        Assert.InRange(seconds, T - 4, T + 1);
    }

    [Fact]
    public void While_one_node_that_may_hold_it_has_not_acknowledged_its_end_no_lease_is_a_proof()
    {
        var story = Bound();
        var home = story.Home("a");
        var silent = story.Hosts.Values.First(h => h != home);
        Hold(story, TenMinutes);
        story.Run(5);
        silent.Cut = true;
        Release(story);
        story.Run(5);
        home.PowerOff();

        story.Run(400);

        Assert.Equal(
            [.. story.Hosts.Values.Where(h => h == silent).Select(h => h.Name)],
            LongLeaseRule.MayHold(story.Cluster, OnRecord(story)));
        Assert.False(story.IsElsewhere("a", home));
        story.Until(() => story.IsElsewhere("a", home), limit: 400);
    }

    [Fact]
    public void A_node_that_is_cut_off_with_a_long_lease_is_not_followed_before_it_can_have_ended()
    {
        var story = Bound();
        var home = story.Home("a");
        Hold(story, TenMinutes);
        story.Run(5);
        home.Cut = true;
        Release(story);

        story.Run(400);

        Assert.Single(home.Running);
        Assert.False(story.IsElsewhere("a", home));
    }

    [Fact]
    public void T_counts_from_the_acknowledgement_not_from_the_order()
    {
        var story = Bound();
        var home = story.Home("a");
        var late = story.Hosts.Values.First(h => h != home);
        Hold(story, TenMinutes);
        story.Run(5);
        late.Cut = true;
        Release(story);
        story.Run(5);
        home.PowerOff();
        story.Run(60);
        late.Cut = false;

        var seconds = story.Until(() => story.IsElsewhere("a", home));

        Assert.InRange(seconds, T, T + 3);
    }

    [Fact]
    public void A_node_that_booted_anew_or_is_proven_dead_holds_nothing()
    {
        var story = Story.Of(3, 2, bmc: true, watchdog: WatchdogKind.Independent)
            .With(StorySpecs.Vm("a", IsolationPolicy.PowerOff));
        Hold(story, TenMinutes);
        story.Run(5);
        var (dead, booted) = (story.Host("n1"), story.Host("n2"));
        dead.PowerOff();
        booted.PowerOff();
        story.Run(5);
        story.Reboot(booted);
        Release(story);
        story.Run(5);

        Assert.Equal(NodePhase.Dead, story.PhaseOf(dead));
        Assert.Null(booted.LongLease);
        Assert.Empty(LongLeaseRule.MayHold(story.Cluster, OnRecord(story)));
    }

    [Fact]
    public void It_is_over_T_after_its_end_and_leases_prove_as_before()
    {
        var story = Bound();
        Hold(story, TimeSpan.FromMinutes(1));
        var seconds = story.Until(() => OnRecord(story).State == LongLeaseState.Over, limit: 300);
        Assert.Equal(
            (LeaseTerms.Default.OnOurClock(TimeSpan.FromMinutes(1)) + LeaseTerms.Default.LongestT).TotalSeconds,
            seconds, 0.15);
        var home = story.Home("a");
        home.PowerOff();

        Assert.InRange(story.Until(() => story.IsElsewhere("a", home)), T - 1, T + 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(59)]
    [InlineData(24 * 3600 + 1)]
    public void A_length_out_of_bounds_is_one_clear_error_and_changes_nothing(double seconds)
    {
        var story = Bound();

        var outcome = Hold(story, TimeSpan.FromSeconds(seconds));

        Assert.Contains("60 s to 24 h", Assert.Single(outcome.Errors).Remedy);
        Assert.Null(story.Ledger.LongLease);
    }

    [Fact]
    public void One_that_would_end_before_the_one_it_replaces_is_refused_with_the_smallest_legal_length()
    {
        var story = Bound();
        Hold(story, TimeSpan.FromMinutes(30));
        story.Run(1);

        var refused = Hold(story, TenMinutes);

        Assert.Contains("write 31 min or more", Assert.Single(refused.Errors).Remedy);
        Assert.Empty(Hold(story, TimeSpan.FromMinutes(31)).Errors);
        story.Run(2);
        Assert.All(story.Hosts.Values, h => Assert.Equal(OnRecord(story).Name, h.LongLease!.Value.Name));
    }

    [Fact]
    public void Ending_what_does_not_stand_changes_nothing_and_says_so()
    {
        var story = Bound();

        var outcome = Release(story);

        Assert.Empty(outcome.Errors);
        Assert.Equal(ObjectChange.Unchanged, Assert.Single(outcome.Objects).Change);
        Assert.Null(story.Ledger.LongLease);
    }

    [Fact]
    public void A_restored_backup_that_knows_nothing_of_it_is_overruled_by_the_first_node_that_names_it()
    {
        var story = Bound();
        var backup = story.Ledger;
        Hold(story, TenMinutes);
        story.Run(5);

        story.Restore(backup).Run(2);

        Assert.Contains("long lease 1-1", story.Cluster.Office.Overruled!.Message);
        Assert.False(BeatAnswer.To(story.Cluster, story.Host("n1").WardenBeat(), story.Now).Lease);
    }

    [Fact]
    public void An_adopted_state_proves_nothing_by_lease_while_a_silent_node_may_hold_what_it_does_not_know_of()
    {
        var story = Bound();
        var home = story.Home("a");
        var backup = story.Ledger;
        Hold(story, TimeSpan.FromHours(2));
        story.Run(5);
        home.Cut = true;

        story.Restore(backup).Run(2).Adopt();
        story.Run(3600);

        Assert.Single(home.Running);
        Assert.False(story.IsElsewhere("a", home));
        Assert.Equal([home.Name], LongLeaseRule.MayHold(story.Cluster, OnRecord(story)));
        home.Cut = false;
        story.Until(() => OnRecord(story).State == LongLeaseState.Over);
        Assert.True(story.IsReady("a"));
    }
}
