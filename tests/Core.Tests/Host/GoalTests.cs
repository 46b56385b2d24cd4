using System.Collections.Immutable;
using Havm.Core.Host.Goals;
using Havm.Model;
using static Havm.Core.Tests.Host.HostStory;

namespace Havm.Core.Tests.Host;

/// <summary>SAFETY: proofs of death 1, leaders, the host's side. Converging on goals.</summary>
public sealed class GoalTests
{
    private static readonly Reason NoLease = new("gate", "noLease", "the lease is old");

    [Fact]
    public void A_seat_is_permitted_made_held_and_released_and_becomes_ready()
    {
        var story = new HostStory();

        story.Goal(1, [Seat("web")]);
        story.Sign("web", MachineSignKind.Running);
        Assert.Equal(MachinePhase.Running, story.Seen("web")!.Phase);
        story.Sign("web", MachineSignKind.GuestReady);

        Assert.Equal(MachinePhase.Ready, story.Seen("web")!.Phase);
        Assert.Contains(new("web"), story.Released);
        Assert.Empty(story.Report.Incidents);
    }

    [Fact]
    public void Without_a_lease_a_seat_waits_and_is_tried_again()
    {
        var story = new HostStory { Refusal = NoLease };
        story.Goal(1, [Seat("web")]);
        story.Pass(5);
        Assert.Empty(story.Processes);
        Assert.Equal(MachinePhase.Starting, story.Seen("web")!.Phase);
        Assert.Equal("noLease", story.Seen("web")!.Reason!.Code);
        Assert.Empty(story.Report.Incidents);

        story.Refusal = null;
        story.Pass(2);

        Assert.Contains(new("web"), story.Released);
    }

    [Fact]
    public void A_goal_is_acknowledged_only_when_it_is_on_disk_and_the_warden_has_its_floors()
    {
        var story = new HostStory { DiskFull = true, WardenSilent = true };
        story.Goal(3, [Seat("web")], [("old", 7)]);
        Assert.Equal(0, story.Report.GoalRevision);
        Assert.Empty(story.Processes);
        Assert.Equal(LeaderSeen.None, story.Highest);

        story.DiskFull = false;
        story.Pass(2);
        Assert.Equal(0, story.Report.GoalRevision);
        Assert.Equal(new Epoch(1), story.Highest.Epoch);

        story.WardenSilent = false;
        story.Pass(2);
        Assert.Equal(3, story.Report.GoalRevision);
        Assert.Equal([new GenerationFloor(new("old"), new(7))], story.Report.Floors.ToArray());
        Assert.Contains(new("web"), story.Released);
    }

    [Fact]
    public void A_withdrawn_generation_is_ended_even_while_the_disk_is_full()
    {
        var story = new HostStory();
        story.Goal(1, [Seat("web")]);
        story.DiskFull = true;

        story.Goal(2, [], [("web", 1)]);

        Assert.Empty(story.Processes);
        Assert.Null(story.Seen("web"));
        Assert.Equal(1, story.Report.GoalRevision);
    }

    [Fact]
    public void A_machine_is_reported_until_the_warden_has_verified_that_it_is_gone()
    {
        var story = new HostStory();
        story.Goal(1, [Seat("web")]);
        story.WardenSilent = true;

        story.Take(new HostInput.ControllerSpoke(
            "lab", "c1", new(1), 0, new Goal { Epoch = new(1), Revision = 2, Floors = [new(new("web"), new(1))] },
            null));
        story.Exit("web");
        story.Pass(3);
        Assert.Equal(MachinePhase.Stopping, story.Seen("web")!.Phase);

        story.WardenSilent = false;
        story.Pass(2);
        Assert.Null(story.Seen("web"));
    }

    [Fact]
    public void Goals_only_go_forward()
    {
        var story = new HostStory();
        story.Goal(5, [Seat("web")]);

        story.Goal(4, []);

        Assert.Contains(new("web"), story.Processes.Keys);
        Assert.Equal(5, story.Report.GoalRevision);
    }

    [Fact]
    public void A_controller_behind_or_of_another_cluster_or_copied_is_not_obeyed()
    {
        var story = new HostStory();
        story.Goal(5, [Seat("web")], epoch: 3);
        var none = new Goal { Epoch = new(9), Revision = 99 };

        story.Take(new HostInput.ControllerSpoke("lab", "c2", new(2), 0, none, null));
        story.Take(new HostInput.ControllerSpoke("other", "c9", new(9), 0, none, null));
        story.Take(new HostInput.ControllerSpoke("lab", "copy", new(3), 0, none, null));

        Assert.Contains(new("web"), story.Processes.Keys);
        Assert.Equal(new Epoch(3), story.Highest.Epoch);
        Assert.Equal(new Epoch(3), story.Kept!.Highest.Epoch);
    }

    [Fact]
    public void A_new_generation_starts_only_after_the_older_is_verified_gone()
    {
        var story = new HostStory();
        story.Goal(1, [Seat("web")]);
        story.WardenSilent = true;

        story.Goal(2, [Seat("web", generation: 2)], [("web", 1)]);
        story.Pass(5);
        Assert.Equal(1, story.Count<HostEffect.Start>());
        Assert.Equal(new Generation(1), story.Seen("web")!.Generation);

        story.WardenSilent = false;
        story.Pass(3);
        Assert.Equal(new Generation(2), story.Processes[new("web")].Generation);
    }

    [Fact]
    public void Nothing_starts_before_the_whole_node_was_seen()
    {
        var story = new HostStory(settle: false) { Complete = false };
        story.Take(Warden());
        story.Take(story.Inventory());
        story.Goal(1, [Seat("web")]);
        story.Pass(3);
        Assert.Equal(0, story.Count<HostEffect.Start>());
        Assert.False(story.Report.InventoryComplete);

        story.Complete = true;
        story.Take(story.Inventory());

        Assert.Equal(1, story.Count<HostEffect.Start>());
        Assert.True(story.Report.InventoryComplete);
    }

    [Fact]
    public void Stopping_asks_the_guest_and_ends_it_only_after_its_grace()
    {
        var story = new HostStory();
        story.Goal(1, [Seat("web")]);

        story.Goal(2, [Seat("web", wanted: WantedState.Stopped)]);
        Assert.Equal(1, story.Count<HostEffect.AskShutdown>());
        story.Pass(9);
        Assert.Equal(MachinePhase.Stopping, story.Seen("web")!.Phase);
        Assert.NotEmpty(story.Processes);
        story.Pass(2);

        Assert.Empty(story.Processes);
        Assert.Equal(MachinePhase.Stopped, story.Seen("web")!.Phase);
        Assert.Empty(story.Report.Incidents);
    }

    [Fact]
    public void A_guest_that_shuts_down_when_asked_is_stopped_at_once_and_no_incident()
    {
        var story = new HostStory();
        story.Goal(1, [Seat("web")]);
        story.Goal(2, [Seat("web", wanted: WantedState.Stopped)]);

        story.Exit("web");

        Assert.Equal(MachinePhase.Stopped, story.Seen("web")!.Phase);
        Assert.Empty(story.Report.Incidents);
    }

    [Fact]
    public void A_restart_order_restarts_once_per_number()
    {
        var story = new HostStory();
        story.Goal(1, [Seat("web")]);

        story.Goal(2, [Seat("web", restart: 1)]);
        story.Pass(12);
        Assert.Equal(2, story.Count<HostEffect.Start>());
        Assert.Equal(1, story.Seen("web")!.RestartOrder);
        story.Goal(3, [Seat("web", restart: 1)]);
        story.Pass(12);

        Assert.Equal(2, story.Count<HostEffect.Start>());
    }

    [Fact]
    public void At_most_four_machines_are_on_their_way_at_one_time()
    {
        var story = new HostStory();
        story.Unanswered.Add(typeof(HostEffect.Start));

        story.Goal(1, [.. Enumerable.Range(0, 10).Select(i => Seat($"web-{i}"))]);
        story.Pass(5);
        Assert.Equal(4, story.Count<HostEffect.Start>());

        story.Unanswered.Clear();
        foreach (var start in story.Done.OfType<HostEffect.Start>().ToList())
        {
            story.Take(new HostInput.StartDone(start.Seat.Machine.Instance, new(1), StartOutcome.Made, 7, null));
        }

        Assert.Equal(10, story.Released.Count);
    }

    [Fact]
    public void A_restarted_agent_takes_up_what_runs_and_touches_no_guest()
    {
        var before = new HostStory();
        before.Goal(1, [Seat("web")]);

        var after = new HostStory(before.Kept, settle: false);
        after.Processes[new("web")] = before.Processes[new("web")];
        after.Take(Warden(new WardenView(new("web"), new(1), false, false, false, false)));
        after.Take(after.Inventory());
        after.Pass(3);

        Assert.Equal(1, after.Count<HostEffect.Adopt>());
        Assert.Equal(
            0, after.Count<HostEffect.Start>() + after.Count<HostEffect.End>() + after.Count<HostEffect.Release>());
        Assert.Equal(before.Processes[new("web")].Pid, after.Seen("web")!.Pid);
    }

    [Fact]
    public void The_first_report_waits_until_what_runs_was_taken_up()
    {
        var before = new HostStory();
        before.Goal(1, [Seat("web")]);
        var after = new HostStory(before.Kept, settle: false);
        after.Unanswered.Add(typeof(HostEffect.Adopt));
        after.Processes[new("web")] = before.Processes[new("web")];

        after.Take(Warden());
        after.Take(after.Inventory());
        Assert.False(after.HasReport);
        after.Take(new HostInput.AdoptDone(new("web"), new(1), true, null));

        Assert.True(after.HasReport);
    }

    [Fact]
    public void A_process_the_warden_knows_and_the_agent_does_not_is_waited_for_and_never_ended()
    {
        var story = new HostStory { Refusal = new Reason("gate", "stillHere", "generation 1 is not proven gone") };
        story.Goal(1, [Seat("web")]);
        story.Pass(3);
        Assert.Equal(0, story.Count<HostEffect.End>());

        story.Processes[new("web")] = new FoundProcess(new("web"), new(1), 42, Seat("web"), true);
        story.Refusal = null;
        story.Take(story.Inventory());

        Assert.Equal(42, story.Seen("web")!.Pid);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_generation_that_the_warden_knows_to_be_over_is_handed_back_and_not_tried_again(int restarts)
    {
        var story = new HostStory { Refusal = new Reason("gate", "withdrawn", "web: generation 1 is withdrawn") };
        story.Goal(1, [Seat("web", restart: restarts)]);
        story.Pass(30);

        Assert.Equal(MachinePhase.GaveUp, story.Seen("web")!.Phase);
        Assert.Contains("is withdrawn", story.Seen("web")!.Reason!.Message);
        Assert.Equal(1, story.Count<HostEffect.Start>());
        Assert.Empty(story.Report.Incidents);
    }

    [Fact]
    public void A_search_that_began_before_a_machine_was_proven_gone_does_not_bring_it_back()
    {
        var story = new HostStory();
        story.Goal(1, [Seat("web")]);
        var late = story.Inventory();
        story.Pass(1);

        story.Goal(2, [Seat("web", wanted: WantedState.Stopped)]);
        story.Exit("web");
        story.Take(late);

        Assert.Equal(MachinePhase.Stopped, story.Seen("web")!.Phase);
    }

    [Fact]
    public void A_found_machine_that_was_made_and_never_let_run_is_released()
    {
        var before = new HostStory();
        before.Goal(1, [Seat("web")]);
        var after = new HostStory(before.Kept, settle: false);
        after.Processes[new("web")] = before.Processes[new("web")];

        after.Take(Warden(new WardenView(new("web"), new(1), true, false, false, false)));
        after.Take(after.Inventory());

        Assert.Contains(new("web"), after.Released);
    }

    [Fact]
    public void A_process_with_a_silent_monitor_counts_as_running_and_is_ended_by_a_floor()
    {
        var before = new HostStory();
        before.Goal(1, [Seat("web")]);
        var after = new HostStory(before.Kept, settle: false);
        after.Processes[new("web")] = before.Processes[new("web")] with { MonitorAnswers = false };
        after.Take(Warden());
        after.Take(after.Inventory());
        after.Pass(3);
        Assert.Equal(MachinePhase.Running, after.Seen("web")!.Phase);

        after.Goal(2, [], [("web", 1)]);

        Assert.Empty(after.Processes);
    }

    [Fact]
    public void A_second_process_of_another_generation_makes_the_inventory_incomplete()
    {
        var story = new HostStory();
        story.Goal(1, [Seat("web", generation: 2)]);
        story.Pass(1);

        story.Take(new HostInput.InventoryTaken(story.Now, true,
            [story.Processes[new("web")], new FoundProcess(new("web"), new(1), 5, null, false)]));

        Assert.False(story.Report.InventoryComplete);
    }

    [Fact]
    public void A_warden_that_forgot_the_floors_is_told_them_again()
    {
        var story = new HostStory { Refusal = new Reason("gate", "floorsUnknown", "tell me") };
        story.Goal(1, [Seat("web")]);
        Assert.Equal(2, story.Count<HostEffect.TellFloors>());

        story.Refusal = null;
        story.Pass(2);

        Assert.Equal(2, story.Count<HostEffect.TellFloors>());
        Assert.Contains(new("web"), story.Released);
    }

    [Fact]
    public void A_heartbeat_is_told_while_it_is_asked_for_and_no_longer()
    {
        var story = new HostStory();
        ImmutableArray<DatastoreSighting> seen =
        [
            new(new("n2"), "shared", new("b"), 1, TimeSpan.Zero, true),
            new(new("n3"), "shared", new("b"), 1, TimeSpan.Zero, true),
        ];
        var version = story.Report.Version;
        story.Take(new HostInput.SightingsRead(seen));
        Assert.Equal(0, story.Count<HostEffect.TellSightings>());

        story.Take(new HostInput.HeartbeatAsked(new("n2"), true));
        story.Take(new HostInput.SightingsRead(seen));

        var look = Assert.Single(story.Done.OfType<HostEffect.LookClosely>());
        Assert.Equal(story.Now + TimeSpan.FromSeconds(5), look.Until);
        var told = Assert.Single(story.Done.OfType<HostEffect.TellSightings>());
        Assert.Equal(new NodeName("n2"), Assert.Single(told.Sightings).Node);
        Assert.Equal(version, story.Report.Version);

        story.Pass(6);
        story.Take(new HostInput.SightingsRead(seen));
        Assert.Equal(1, story.Count<HostEffect.TellSightings>());
    }
}
