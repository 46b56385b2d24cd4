using Havm.Core.Changes;
using Havm.Core.Leaders;
using Havm.Core.Leases;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SAFETY 6: a restored backup or a copied state, however high its epoch, and what adopting it does.</summary>
public sealed class RestoredStateStories
{
    [Fact]
    public void A_state_whose_nodes_have_obeyed_later_goals_acts_on_nothing_whatever_its_epoch()
    {
        var story = Moved(out var home, out _);

        story.Run(2);

        Assert.Contains("has obeyed goal", story.Cluster.Office.Overruled!.Message);
        var ledger = story.Ledger;
        home.PowerOff();
        story.Run(60);
        Assert.Same(ledger, story.Ledger);
        Assert.Empty(story.Last.Commands);
        Assert.All(story.Hosts.Values.Where(h => h.Powered), h =>
            Assert.False(BeatAnswer.To(story.Cluster, h.WardenBeat(), story.Now).Lease));
    }

    [Fact]
    public void However_often_it_is_started_it_does_not_climb_over_what_nodes_have_obeyed()
    {
        var story = Moved(out _, out _);
        for (var i = 0; i < 10; i++)
        {
            story.RestartController().Run(2);
        }

        Assert.NotNull(story.Cluster.Office.Overruled);
    }

    [Fact]
    public void A_generation_that_this_state_never_gave_out_shows_it_too()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        var report = home.Report() with { Floors = [new GenerationFloor(new("a"), new Generation(4))] };

        story.Post(home.AgentBeat() with { Report = report }).Step();

        Assert.Contains("knows generation 4 of a", story.Cluster.Office.Overruled!.Message);
        Assert.Empty(story.Last.Changes);
    }

    [Fact]
    public void A_generation_of_an_instance_that_was_deleted_since_is_no_reproach()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        story.Delete("VirtualMachine/a");
        story.Until(() => !story.Ledger.Instances.ContainsKey(new("a")));

        story.RestartController().Run(5);

        Assert.Null(story.Cluster.Office.Overruled);
        Assert.NotEmpty(home.Report().Floors);
    }

    [Fact]
    public void After_adoption_what_runs_keeps_running_where_it_is()
    {
        var story = Moved(out var home, out var next);

        story.Run(2).Adopt().Run(5);

        Assert.Null(story.Cluster.Office.Overruled);
        Assert.Equal((next.Name, new Generation(2)), (story.SeatOf("a")!.Node, story.SeatOf("a")!.Generation));
        Assert.True(next.Running.ContainsKey(new("a")));
        Assert.False(home.Running.ContainsKey(new("a")));
        Assert.Null(AdoptionDecider.Waits(story.Ledger));
        story.Run(60);
        Assert.True(story.IsReady("a"));
        Assert.Equal(new Generation(2), story.SeatOf("a")!.Generation);
    }

    [Fact]
    public void After_adoption_nothing_is_started_while_a_node_that_may_run_it_has_not_told()
    {
        var story = Moved(out _, out var next);
        next.Cut = true;

        story.Run(2).Adopt();
        Assert.Empty(story.Apply(StorySpecs.Vm("b")).Errors);
        story.Run(60);

        Assert.Null(story.SeatOf("b"));
        Assert.Contains(next.Name.Value, AdoptionDecider.Waits(story.Ledger)!.Message);
        Assert.DoesNotContain(story.Hosts.Values, h => h.Running.ContainsKey(new("a")));
        next.Cut = false;
        story.Until(() => story.IsReady("a") && story.IsReady("b"), 60);
        Assert.Equal(next.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void A_seat_that_its_node_does_not_fill_is_no_reason_to_start_it_there_while_another_has_not_told()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        var backup = story.Ledger;
        home.PowerOff();
        story.Until(() => story.IsElsewhere("a", home) && story.IsReady("a"));
        var next = story.Home("a");

        story.Restore(backup).Run(2);
        home.PowerOn();
        next.Cut = true;
        story.Adopt().Run(30);

        Assert.False(story.Node(home.Name.Value).Unaccounted);
        Assert.False(home.Running.ContainsKey(new("a")));
        Assert.True(next.Running.ContainsKey(new("a")));
        next.Cut = false;
        story.Until(() => AdoptionDecider.Waits(story.Ledger) is null && story.IsReady("a"), 120);
        Assert.Single(story.Hosts.Values, h => h.Running.ContainsKey(new("a")));
    }

    [Fact]
    public void A_node_that_cannot_tell_yet_what_it_runs_gets_a_lease_and_no_goal_that_could_end_it()
    {
        var story = Moved(out _, out var next);
        next.InventoryIncomplete = true;

        story.Run(2).Adopt().Run(30);

        Assert.True(next.Running.ContainsKey(new("a")));
        Assert.Null(BeatAnswer.To(story.Cluster, next.AgentBeat(), story.Now).Goal);
        next.InventoryIncomplete = false;
        story.Run(5);
        Assert.Equal(new Generation(2), story.SeatOf("a")!.Generation);
        Assert.True(next.Running.ContainsKey(new("a")));
    }

    [Fact]
    public void A_node_that_is_gone_for_good_is_waited_for_until_an_operator_confirms_it_dead()
    {
        var story = Moved(out _, out var next, bmc: false);
        next.PowerOff();
        story.Run(2).Adopt().Run(60);
        Assert.NotNull(AdoptionDecider.Waits(story.Ledger));

        var boot = story.Node(next.Name.Value).Boot!.Value;
        Assert.Empty(story.Order(id => new ConfirmDeadOrder(id, next.Name, boot, "ann")).Errors);

        story.Until(() => story.IsReady("a"), 60);
    }

    [Fact]
    public void A_node_that_announced_its_going_and_still_writes_is_not_taken_for_off_by_its_BMCs_word()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        story.SharedStore = true;
        var home = story.Home("a");
        home.Departing = false;
        story.Until(() => story.PhaseOf(home) == NodePhase.DownByOrder);
        home.Cut = true;
        home.Bmc = BmcMood.SaysOff;

        story.Restore(story.Ledger).Run(1).Adopt().Run(60);

        Assert.True(story.Node(home.Name.Value).Unaccounted);
        home.PowerOff();
        story.Until(() => AdoptionDecider.Waits(story.Ledger) is null, 60);
    }

    [Fact]
    public void A_node_that_was_dead_at_the_time_of_the_backup_is_asked_too_and_its_BMCs_Off_is_its_word()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.PowerOff();
        story.Until(() => story.IsElsewhere("a", home) && story.IsReady("a"));
        Assert.Equal(NodePhase.Dead, story.PhaseOf(home));
        var backup = story.Ledger;
        Assert.Empty(story.Apply(StorySpecs.Vm("c")).Errors);
        story.Until(() => story.IsReady("c"));

        story.Restore(backup).Run(2).Adopt();
        Assert.True(story.Node(home.Name.Value).Unaccounted);

        story.Until(() => AdoptionDecider.Waits(story.Ledger) is null, 30);
        Assert.Equal(NodePhase.Dead, story.PhaseOf(home));
    }

    [Fact]
    public void A_node_that_had_not_joined_at_the_time_of_the_backup_is_waited_for_until_its_object_is_deleted()
    {
        var story = Moved(out _, out _);
        var late = StorySpecs.Node("late", story.Ledger.NodeSpecOf(new("n1"))!.Rack.Value);
        story.Run(2).Adopt().Run(5);
        Assert.Empty(story.Apply(late).Errors);
        story.Run(1).RestartController().Adopt().Run(5);
        Assert.Contains("late", AdoptionDecider.Waits(story.Ledger)!.Message);
        Assert.Empty(story.Apply(StorySpecs.Vm("b")).Errors);
        story.Run(5);
        Assert.Null(story.SeatOf("b"));

        Assert.Empty(story.Delete("Node/late").Errors);

        story.Until(() => story.IsReady("b"), 30);
    }

    [Fact]
    public void A_machine_that_the_adopted_state_does_not_know_is_ended_and_its_name_goes_on_counting()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var backup = story.Ledger;
        Assert.Empty(story.Apply(StorySpecs.Vm("late")).Errors);
        story.Until(() => story.IsReady("late"));
        var home = story.Home("late");

        story.Restore(backup).Run(2).Adopt().Run(10);

        Assert.False(home.Running.ContainsKey(new("late")));
        Assert.Equal(new Generation(1), story.Ledger.Retired[new("late")]);
        Assert.Contains(story.Events, e => e.Name == "generationFound" && e.Reason.Message.Contains("does not know"));
        Assert.True(story.IsReady("a"));
    }

    [Fact]
    public void Leaders_after_an_adoption_hold_nobody_to_the_replaced_state()
    {
        var story = Moved(out _, out _);
        story.Run(2).Adopt().Run(5);

        story.RestartController().Run(5);

        Assert.Null(story.Cluster.Office.Overruled);
        Assert.True(story.IsReady("a"));
    }

    [Theory]
    [InlineData("n1", "n3")]
    [InlineData("n3", "n1")]
    public void The_highest_generation_has_the_seat_in_whichever_order_nodes_tell(string lower, string higher)
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        foreach (var host in story.Hosts.Values)
        {
            host.Cut = true;
        }

        story.RestartController().Adopt();
        Tell(story, lower, 5);
        Tell(story, higher, 6);
        story.Step();

        var seat = story.SeatOf("a")!;
        Assert.Equal((new NodeName(higher), new Generation(6)), (seat.Node, seat.Generation));
        Assert.Empty(BeatAnswer.GoalOf(story.Cluster, story.Node(lower)).Seats);
    }

    [Fact]
    public void An_adopted_state_that_is_disarmed_stays_so_until_somebody_arms_it()
    {
        var story = Disarmed(AutomationMode.Freeze);
        story.Restore(story.Ledger).Run(2).Adopt().Run(10);
        story.Home("a").PowerOff();
        story.Run(120);

        Assert.Equal(DisarmState.InForce, story.Ledger.Disarm!.State);
        Assert.DoesNotContain(story.Hosts.Values, h => h.Running.ContainsKey(new("a")));
        story.Order(id => new ArmOrder(id, "ann"));
        story.Until(() => story.IsReady("a"), limit: 200);
    }

    [Fact]
    public void A_disarm_that_is_being_ended_as_a_state_is_adopted_goes_on_ending()
    {
        var story = Disarmed(AutomationMode.HandsOff);
        story.Order(id => new ArmOrder(id, "ann"));
        Assert.Equal(DisarmState.LookingAround, story.Ledger.Disarm!.State);

        story.Run(1).Adopt();

        story.Until(() => story.Ledger.Disarm!.State is DisarmState.Rearming or DisarmState.Over, limit: 60);
    }

    private static Story Disarmed(AutomationMode mode)
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        story.Order(id => new DisarmOrder(id, mode, TimeSpan.FromHours(1), "ann"));
        return story.Run(5);
    }

    private static void Tell(Story story, string node, long generation)
    {
        var host = story.Host(node);
        story.Post(host.AgentBeat() with
        {
            Report = host.Report() with
            {
                Instances =
                [
                    new InstanceReport
                    {
                        Instance = new("a"), Generation = new(generation), Phase = MachinePhase.Ready, Pid = 7,
                    },
                ],
            },
        });
    }

    /// <summary>Instance a was moved from its home after the backup, which is then restored.</summary>
    internal static Story Moved(out SmallHost home, out SmallHost next, bool bmc = true)
    {
        var story = Story.Of(3, 2, bmc: bmc, watchdog: WatchdogKind.Independent)
            .With(StorySpecs.Vm("a", IsolationPolicy.PowerOff));
        var backup = story.Ledger;
        var first = home = story.Home("a");
        first.PowerOff();
        story.Until(() => story.IsElsewhere("a", first) && story.IsReady("a"), 120);
        next = story.Home("a");
        first.PowerOn();
        story.Reconnect(first);
        story.Until(() => story.PhaseOf(first) == NodePhase.Up, 30);
        return story.Restore(backup);
    }
}
