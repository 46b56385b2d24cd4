using Havm.Core.Host.Goals;
using Havm.Core.Host.Watch;
using Havm.Model;
using static Havm.Core.Tests.Host.HostStory;

namespace Havm.Core.Tests.Host;

/// <summary>SAFETY: in place. What the host repairs by itself, and when it stops.</summary>
public sealed class RepairTests
{
    private static readonly RepairLimits Twice = new()
    {
        Resets = 2,
        Window = TimeSpan.FromMinutes(10),
        HangWait = TimeSpan.FromSeconds(30),
        StartDeadline = TimeSpan.FromSeconds(60),
    };

    private static HostStory Ready(SeatGoal? seat = null)
    {
        var story = new HostStory();
        story.Goal(1, [seat ?? Seat("web")]);
        BecomeReady(story);
        return story;
    }

    private static void BecomeReady(HostStory story)
    {
        story.Sign("web", MachineSignKind.Running);
        story.Sign("web", MachineSignKind.GuestBeat);
        story.Sign("web", MachineSignKind.GuestReady);
    }

    [Theory]
    [InlineData(MachineSignKind.Panic, HostIncidentKind.GuestPanic)]
    [InlineData(MachineSignKind.Watchdog, HostIncidentKind.GuestWatchdog)]
    [InlineData(MachineSignKind.GuestShutdown, HostIncidentKind.GuestShutdown)]
    [InlineData(MachineSignKind.Exited, HostIncidentKind.ProcessExit)]
    public void Trouble_is_repaired_at_once_at_the_same_generation_and_told_with_its_times(
        MachineSignKind sign, HostIncidentKind kind)
    {
        var story = Ready();
        story.Pass(5, () => story.Sign("web", MachineSignKind.GuestBeat));
        if (sign == MachineSignKind.Exited)
        {
            story.Processes.Clear();
        }

        story.Sign("web", sign);
        Assert.Equal(new Generation(1), story.Processes[new("web")].Generation);
        story.Pass(3);
        BecomeReady(story);

        var incident = Assert.Single(story.Report.Incidents);
        Assert.Equal(kind, incident.Kind);
        Assert.Equal("restartInPlace", incident.Decision.Code);
        Assert.Equal(Dawn.AddSeconds(5), incident.DetectedAt);
        Assert.Equal(Dawn.AddSeconds(5), incident.DecidedAt);
        Assert.Equal(Dawn.AddSeconds(5), incident.StartedAt);
        Assert.Equal(Dawn.AddSeconds(8), incident.ReadyAt);
        Assert.Equal($"/evidence/web/{incident.Id}/qemu.log", incident.Kept);
        Assert.Equal(1, story.Seen("web")!.Resets);
    }

    [Fact]
    public void A_guest_that_is_silent_and_idle_for_the_wait_is_hung()
    {
        var story = Ready();

        story.Pass(29);
        Assert.Equal(1, story.Count<HostEffect.Start>());
        story.Pass(2);

        Assert.Equal(2, story.Count<HostEffect.Start>());
        Assert.Equal(HostIncidentKind.GuestHang, Assert.Single(story.Report.Incidents).Kind);
    }

    [Fact]
    public void A_silent_guest_that_still_works_is_left_alone()
    {
        var story = Ready();

        story.Pass(600, () => story.DiskOperations++);

        Assert.Equal(1, story.Count<HostEffect.Start>());
        Assert.Empty(story.Report.Incidents);
    }

    [Fact]
    public void A_monitor_that_answers_nobody_is_told_within_seven_seconds_and_a_guest_that_beats_goes_on()
    {
        var story = Ready();
        story.DiskOperations = null;

        story.Pass(7, () => story.Sign("web", MachineSignKind.GuestBeat));
        Assert.Equal(NodeAilmentKind.MonitorStuck, Assert.Single(story.Report.Ailments).Kind);
        story.DiskOperations = 1;
        story.Pass(15, () => story.Sign("web", MachineSignKind.GuestBeat));

        Assert.Empty(story.Report.Ailments);
        Assert.Equal(1, story.Count<HostEffect.Start>());
    }

    [Fact]
    public void A_held_guest_is_never_hung_and_its_silence_counts_anew_afterwards()
    {
        var story = Ready();
        story.Sign("web", MachineSignKind.Held);
        story.Pass(600);
        Assert.Equal(MachinePhase.Paused, story.Seen("web")!.Phase);

        story.Sign("web", MachineSignKind.Running);
        story.Pass(25);

        Assert.Empty(story.Report.Incidents);
    }

    [Fact]
    public void Monitoring_off_judges_nothing_but_the_process_itself()
    {
        var story = Ready(Seat("web", monitoring: MonitoringMode.Off));

        story.Pass(600);
        Assert.Empty(story.Report.Incidents);
        story.Exit("web");

        Assert.Single(story.Report.Incidents);
    }

    [Fact]
    public void A_guest_that_says_nothing_within_the_start_deadline_failed_to_start()
    {
        var story = new HostStory();
        story.Goal(1, [Seat("web")]);
        story.Sign("web", MachineSignKind.Running);

        story.Pass(58);
        Assert.Equal(1, story.Count<HostEffect.Start>());
        story.Pass(4);

        Assert.Equal(2, story.Count<HostEffect.Start>());
        Assert.Equal(HostIncidentKind.StartFailure, Assert.Single(story.Report.Incidents).Kind);
    }

    [Fact]
    public void A_guest_without_an_agent_has_no_start_deadline_and_is_never_hung()
    {
        var story = new HostStory();
        story.Goal(1, [Seat("web", guestAgent: false)]);
        story.Sign("web", MachineSignKind.Running);

        story.Pass(3600);

        Assert.Empty(story.Report.Incidents);
        Assert.Equal(MachinePhase.Running, story.Seen("web")!.Phase);
    }

    [Fact]
    public void An_application_that_stays_unready_is_trouble_only_where_it_is_monitored()
    {
        var watched = Ready(Seat("web", monitoring: MonitoringMode.VmAndApplication));
        var unwatched = Ready();
        foreach (var story in new[] { watched, unwatched })
        {
            story.Sign("web", MachineSignKind.GuestNotReady);
            story.Pass(40, () => story.Sign("web", MachineSignKind.GuestBeat));
        }

        Assert.Single(watched.Report.Incidents);
        Assert.Empty(unwatched.Report.Incidents);
    }

    [Fact]
    public void Beyond_the_limit_the_instance_is_handed_back_with_the_reason()
    {
        var story = Ready(Seat("web", repair: Twice));

        story.Exit("web");
        story.Exit("web");
        story.Exit("web");

        Assert.Equal(MachinePhase.GaveUp, story.Seen("web")!.Phase);
        Assert.Equal("handBack", story.Seen("web")!.Reason!.Code);
        Assert.Equal(3, story.Count<HostEffect.Start>());
        story.Pass(1000);
        Assert.Equal(3, story.Count<HostEffect.Start>());
    }

    [Fact]
    public void The_limit_is_per_window()
    {
        var story = Ready(Seat("web", repair: Twice, guestAgent: false));
        for (var i = 0; i < 6; i++)
        {
            story.Exit("web");
            story.Pass(360);
        }

        Assert.Equal(7, story.Count<HostEffect.Start>());
        Assert.NotEqual(MachinePhase.GaveUp, story.Seen("web")!.Phase);
    }

    [Fact]
    public void What_was_handed_back_starts_again_at_a_new_generation_or_by_order()
    {
        var byOrder = Ready(Seat("web", repair: Twice with { Resets = 0 }));
        byOrder.Exit("web");
        Assert.Equal(MachinePhase.GaveUp, byOrder.Seen("web")!.Phase);
        byOrder.Goal(2, [Seat("web", restart: 1)]);
        Assert.Contains(new("web"), byOrder.Released);

        var byGeneration = Ready(Seat("web", repair: Twice with { Resets = 0 }));
        byGeneration.Exit("web");
        byGeneration.Goal(2, [Seat("web", generation: 2)], [("web", 1)]);
        Assert.Equal(new Generation(2), byGeneration.Processes[new("web")].Generation);
    }

    [Fact]
    public void Without_a_lease_nothing_is_repaired_until_there_is_one()
    {
        var story = Ready();
        story.Refusal = new Reason("gate", "noLease", "the lease is old");

        story.Exit("web");
        story.Pass(30);
        Assert.Empty(story.Processes);

        story.Refusal = null;
        story.Pass(2);
        Assert.Contains(new("web"), story.Released);
        Assert.Equal(1, story.Seen("web")!.Resets);
    }

    [Fact]
    public void What_the_end_of_the_lease_ended_is_told_as_that_and_spends_no_repair()
    {
        var story = Ready(Seat("web", repair: Twice with { Resets = 0 }));
        story.ByLease = true;

        story.Exit("web");

        Assert.Equal(HostIncidentKind.LeaseEnd, Assert.Single(story.Report.Incidents).Kind);
        Assert.Equal(0, story.Seen("web")!.Resets);
        Assert.Contains(new("web"), story.Released);
    }

    [Fact]
    public void A_machine_the_warden_pauses_is_one_incident_that_ends_when_it_goes_on()
    {
        var story = Ready();
        var held = new WardenView(new("web"), new(1), false, HeldByLease: true, false, true);
        story.Sign("web", MachineSignKind.Held);
        story.Take(Warden(held));
        story.Take(Warden(held));
        Assert.Equal(HostIncidentKind.LeaseEnd, Assert.Single(story.Report.Incidents).Kind);

        story.Pass(4);
        story.Sign("web", MachineSignKind.Running);
        story.Take(Warden(held with { HeldByLease = false, ByLease = false }));

        Assert.Equal(Dawn.AddSeconds(4), Assert.Single(story.Report.Incidents).ReadyAt);
        Assert.Equal(1, story.Count<HostEffect.Start>());
    }

    [Fact]
    public void A_start_that_fails_is_tried_again_ever_later_and_then_handed_back()
    {
        var story = new HostStory
        {
            StartTrouble = new Reason("host", "diskLocked", "disk system is locked by another process"),
        };
        // Orders of its earlier seats are none to this one.
        story.Goal(1, [Seat("web", repair: Twice with { StartRetries = 2 }, restart: 3)]);
        Assert.Equal(1, story.Count<HostEffect.Start>());
        story.Pass(1);
        Assert.Equal(2, story.Count<HostEffect.Start>());
        story.Pass(1);
        Assert.Equal(2, story.Count<HostEffect.Start>());
        story.Pass(10);

        Assert.Equal(3, story.Count<HostEffect.Start>());
        Assert.Equal(MachinePhase.GaveUp, story.Seen("web")!.Phase);
        Assert.Contains("is locked by another process", story.Seen("web")!.Reason!.Message);
        Assert.Equal((3, 0), (story.Seen("web")!.StartFailures, story.Seen("web")!.Resets));
        Assert.Single(story.Report.Incidents);
    }

    [Fact]
    public void A_start_that_works_ends_the_row_of_failed_ones_and_has_cost_no_reset()
    {
        var story = new HostStory { StartTrouble = new Reason("host", "diskLocked", "disk system is locked") };
        story.Goal(1, [Seat("web", repair: Twice with { StartRetries = 1, Resets = 1 })]);
        story.StartTrouble = null;
        story.Pass(2);
        BecomeReady(story);
        Assert.Equal((0, 0), (story.Seen("web")!.StartFailures, story.Seen("web")!.Resets));

        story.StartTrouble = new Reason("host", "diskLocked", "disk system is locked");
        story.Exit("web");
        story.StartTrouble = null;
        story.Pass(2);
        BecomeReady(story);

        Assert.Equal(MachinePhase.Ready, story.Seen("web")!.Phase);
        Assert.Equal(1, story.Seen("web")!.Resets);
    }

    [Fact]
    public void A_start_without_an_application_counts_as_working_once_its_vCPUs_run()
    {
        var story = new HostStory { StartTrouble = new Reason("host", "diskLocked", "disk system is locked") };
        story.Goal(1, [Seat("web", guestAgent: false)]);
        story.StartTrouble = null;

        story.Pass(2);

        Assert.Equal(MachinePhase.Running, story.Seen("web")!.Phase);
        Assert.Equal(0, story.Seen("web")!.StartFailures);
    }

    [Fact]
    public void A_disk_error_holds_the_machine_and_going_on_is_tried_every_few_seconds()
    {
        var story = Ready();
        story.Sign("web", MachineSignKind.NoSpace, detail: "write on d0: no space left");
        story.Sign("web", MachineSignKind.Held);
        var before = story.Count<HostEffect.Release>();

        story.Pass(16);

        Assert.Equal("diskError", story.Seen("web")!.Reason!.Code);
        Assert.InRange(story.Count<HostEffect.Release>() - before, 2, 3);
        Assert.Empty(story.Report.Incidents);
    }

    [Fact]
    public void A_machine_that_ended_while_no_agent_looked_is_repaired_and_told()
    {
        var before = new HostStory();
        before.Goal(1, [Seat("web")]);
        var after = new HostStory(before.Kept, settle: false);

        after.Take(Warden(new WardenView(new("web"), new(1), false, false, Ended: true, false)));
        after.Take(after.Inventory());
        after.Pass(2);

        Assert.Equal(HostIncidentKind.ProcessExit, Assert.Single(after.Report.Incidents).Kind);
        Assert.Contains(new("web"), after.Released);
    }

    [Fact]
    public void An_incident_rides_along_until_the_controller_has_its_last_state()
    {
        var story = Ready();
        story.Exit("web");
        story.Take(new HostInput.ControllerSpoke("lab", "c1", new(1), story.Report.Version, null, null));
        Assert.Single(story.Report.Incidents);

        BecomeReady(story);
        story.Take(new HostInput.ControllerSpoke("lab", "c1", new(1), story.Report.Version, null, null));
        story.Sign("web", MachineSignKind.Held);

        Assert.Empty(story.Report.Incidents);
    }

    [Fact]
    public void Incidents_are_bounded_and_the_oldest_goes_first()
    {
        var story = Ready(Seat("web", repair: Twice with { Resets = 100 }));
        for (var i = 0; i < 80; i++)
        {
            story.Exit("web");
            BecomeReady(story);
            story.Pass(1, () => story.Sign("web", MachineSignKind.GuestBeat));
        }

        Assert.Equal(64, story.Report.Incidents.Length);
        Assert.Equal(Dawn.AddSeconds(79), story.Report.Incidents[^1].DetectedAt);
    }

    [Fact]
    public void A_beat_that_stands_still_means_something_only_if_the_reader_is_well()
    {
        var watch = new DatastoreWatch(new("n1"), "shared");
        void Read(double at, long own, long dead, long other) => watch.Read(Instant.FromSeconds(at),
            [Beat("n1", own), Beat("n2", dead), Beat("n3", other)]);
        static SeenBeat Beat(string node, long sequence) => new(new(node), new("b"), sequence);
        for (var second = 0; second <= 6; second++)
        {
            Read(second, second, 7, second);
        }

        var sighting = watch.Sightings(Instant.FromSeconds(6)).Single(seen => seen.Node.Value == "n2");
        Assert.Equal(TimeSpan.FromSeconds(6), sighting.UnchangedFor);
        Assert.True(sighting.ReaderHealthy);

        // The whole datastore stands still: nothing is said about anybody.
        Assert.All(watch.Sightings(Instant.FromSeconds(12)), seen => Assert.False(seen.ReaderHealthy));
    }
}
