using Havm.Core.Host.Goals;
using Havm.Model;
using static Havm.Core.Tests.Host.HostStory;

namespace Havm.Core.Tests.Host;

/// <summary>SPEC 4: a guest that is backed up or updated is never judged silent, while it is marked so.</summary>
public sealed class BusyHostTests
{
    private static SeatGoal Marked(double seconds, SeatGoal? seat = null) =>
        (seat ?? Seat("web")) with { Busy = new BusyWord(TimeSpan.FromSeconds(seconds), "backup") };

    private static HostStory Ready(SeatGoal seat)
    {
        var story = new HostStory();
        story.Goal(1, [seat]);
        story.Sign("web", MachineSignKind.Running);
        story.Sign("web", MachineSignKind.GuestBeat);
        story.Sign("web", MachineSignKind.GuestReady);
        return story;
    }

    private static bool IsLeftAlone(HostStory story) =>
        story.Count<HostEffect.Start>() == 1 && story.Report.Incidents.IsEmpty;

    [Fact]
    public void A_silent_guest_is_left_alone_until_the_mark_ends_and_its_silence_counts_anew_then()
    {
        var story = Ready(Marked(600));

        story.Pass(599);
        Assert.True(IsLeftAlone(story));
        story.Pass(30);
        Assert.True(IsLeftAlone(story));
        story.Pass(2);

        Assert.Equal(HostIncidentKind.GuestHang, Assert.Single(story.Report.Incidents).Kind);
        Assert.Equal(2, story.Count<HostEffect.Start>());
        Assert.Contains(story.Done, done => done is HostEffect.Tell { Reason.Code: "busyOver" });
    }

    [Fact]
    public void A_mark_comes_and_goes_with_the_goal()
    {
        var story = Ready(Seat("web"));
        story.Pass(25);
        story.Goal(2, [Marked(3600)]);
        story.Pass(100);
        Assert.True(IsLeftAlone(story));

        story.Goal(3, [Seat("web")]);
        story.Pass(29);
        Assert.True(IsLeftAlone(story));
        story.Pass(3);

        Assert.Equal(2, story.Count<HostEffect.Start>());
    }

    [Theory]
    [InlineData(MachineSignKind.Panic, HostIncidentKind.GuestPanic)]
    [InlineData(MachineSignKind.Watchdog, HostIncidentKind.GuestWatchdog)]
    [InlineData(MachineSignKind.Exited, HostIncidentKind.ProcessExit)]
    public void What_is_certain_is_repaired_at_once(MachineSignKind sign, HostIncidentKind kind)
    {
        var story = Ready(Marked(600));
        story.Pass(60);
        if (sign == MachineSignKind.Exited)
        {
            story.Processes.Clear();
        }

        story.Sign("web", sign);

        Assert.Equal(kind, Assert.Single(story.Report.Incidents).Kind);
        Assert.Equal(2, story.Count<HostEffect.Start>());
    }

    [Fact]
    public void A_disk_that_is_gone_is_acted_on()
    {
        var story = Ready(Marked(600));

        story.Pass(12, () =>
        {
            story.Sign("web", MachineSignKind.Running);
            story.Sign("web", MachineSignKind.Held);
            story.Sign("web", MachineSignKind.DiskHandleDead);
        });

        Assert.Equal(HostIncidentKind.DiskHandleLost, Assert.Single(story.Report.Incidents).Kind);
    }

    [Fact]
    public void A_guest_that_has_yet_to_speak_has_its_whole_start_deadline_after_the_mark()
    {
        var story = new HostStory();
        story.Goal(1, [Marked(300)]);
        story.Sign("web", MachineSignKind.Running);

        story.Pass(359);
        Assert.True(IsLeftAlone(story));
        story.Pass(4);

        Assert.Equal("watch", Assert.Single(story.Report.Incidents).Decision.Decider);
        Assert.Equal(HostIncidentKind.StartFailure, story.Report.Incidents[0].Kind);
    }

    [Fact]
    public void A_program_that_is_not_ready_or_was_given_up_is_no_reason_before_the_wait_after_the_mark()
    {
        var seat = Seat("web", monitoring: MonitoringMode.VmAndApplication);
        var unready = Ready(Marked(300, seat));
        var givenUp = Ready(Marked(300, seat));
        unready.Sign("web", MachineSignKind.GuestNotReady);
        givenUp.Sign("web", MachineSignKind.RoleGivenUp, detail: "web ended 5 times");

        foreach (var story in new[] { unready, givenUp })
        {
            story.Pass(329, () => story.Sign("web", MachineSignKind.GuestBeat));
            Assert.Equal(1, story.Count<HostEffect.Start>());
            story.Pass(4, () => story.Sign("web", MachineSignKind.GuestBeat));
            Assert.Equal(2, story.Count<HostEffect.Start>());
        }
    }

    [Fact]
    public void A_program_that_is_given_up_after_the_mark_is_seen_to_at_once()
    {
        var story = Ready(Marked(60));
        story.Pass(62, () => story.Sign("web", MachineSignKind.GuestBeat));

        story.Sign("web", MachineSignKind.RoleGivenUp, detail: "web ended 5 times");

        Assert.Equal(2, story.Count<HostEffect.Start>());
    }

    [Fact]
    public void A_monitor_that_is_silent_is_no_hang_and_counts_anew_afterwards()
    {
        var story = Ready(Seat("web"));
        var kept = story.Kept!;
        var found = story.Processes[new("web")] with { MonitorAnswers = false };
        var after = new HostStory(kept, settle: false);
        after.Processes[new("web")] = found;
        after.Take(Warden());
        after.Take(after.Inventory());
        after.Goal(2, [Marked(100)]);

        after.Pass(128);
        Assert.Equal(0, after.Count<HostEffect.End>());
        after.Pass(4);

        Assert.Equal(1, after.Count<HostEffect.End>());
    }

    [Fact]
    public void A_mark_is_believed_for_a_day_at_most_whatever_clock_wrote_it()
    {
        var story = Ready(Marked(TimeSpan.FromDays(400).TotalSeconds));

        story.Pass(BusyWord.Most.TotalSeconds + 32);

        Assert.Equal(2, story.Count<HostEffect.Start>());
    }

    [Fact]
    public void The_same_goal_sent_again_may_shorten_a_mark_and_never_prolongs_it()
    {
        var story = Ready(Marked(100));
        story.Pass(50);
        story.Goal(1, [Marked(1000)]);
        story.Pass(79);
        Assert.True(IsLeftAlone(story));
        story.Pass(3);
        Assert.Equal(2, story.Count<HostEffect.Start>());

        var shorter = Ready(Marked(100));
        shorter.Goal(1, [Marked(10)]);
        shorter.Pass(42);
        Assert.Equal(2, shorter.Count<HostEffect.Start>());
    }

    [Fact]
    public void An_agent_that_was_restarted_goes_on_counting_without_a_controller()
    {
        var first = Ready(Marked(100));
        var kept = first.Kept! with { GoalTakenAt = first.Wall - TimeSpan.FromSeconds(60) };
        var story = new HostStory(kept, settle: false);
        story.Processes[new("web")] = first.Processes[new("web")];
        story.Take(Warden());
        story.Take(story.Inventory());
        story.Sign("web", MachineSignKind.GuestBeat);

        story.Pass(68);
        Assert.Equal(0, story.Count<HostEffect.End>());
        story.Pass(4);

        Assert.Equal(1, story.Count<HostEffect.End>());
        Assert.NotNull(first.Kept!.GoalTakenAt);
        Assert.Null(Ready(Seat("web")).Kept!.GoalTakenAt);
    }

    [Fact]
    public void A_clock_that_was_set_back_gives_a_mark_its_whole_time_again_and_not_more()
    {
        var first = Ready(Marked(100));
        var kept = first.Kept! with { GoalTakenAt = first.Wall.AddYears(1) };
        var story = new HostStory(kept, settle: false);
        story.Processes[new("web")] = first.Processes[new("web")];
        story.Take(Warden());
        story.Take(story.Inventory());
        story.Sign("web", MachineSignKind.GuestBeat);

        story.Pass(128);
        Assert.Equal(0, story.Count<HostEffect.End>());
        story.Pass(4);

        Assert.Equal(1, story.Count<HostEffect.End>());
    }

    [Fact]
    public void A_hang_that_was_only_observed_is_taken_back_when_somebody_begins_to_work_on_the_guest()
    {
        var seat = Seat("web");
        var limits = seat.Machine.Repair;
        var observed = seat with { Machine = seat.Machine with { Repair = limits with { ObserveOnly = true } } };
        var story = Ready(observed);
        story.Pass(40);
        Assert.Contains("only observes", Assert.Single(story.Report.Instances).Reason!.Message);

        story.Goal(2, [Marked(600, observed)]);
        story.Goal(3, [Marked(600, seat)]);
        story.Pass(60);

        Assert.True(IsLeftAlone(story));
    }
}
