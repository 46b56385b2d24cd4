using Havm.Core.Host.Goals;
using Havm.Model;
using static Havm.Core.Tests.Host.HostStory;

namespace Havm.Core.Tests.Host;

/// <summary>SPEC 8: a guest is told ahead of what is planned with it, and may answer by going ahead of it.</summary>
public sealed class NoticeHostTests
{
    private static readonly InstanceName Web = new("web");

    private static SeatGoal Told(double left, string id = "plan", SeatGoal? seat = null) =>
        (seat ?? Seat("web")) with
        {
            Notice = new GuestNotice(id, NoticeKind.Move, TimeSpan.FromSeconds(left), true, "web moves to n2"),
        };

    private static HostStory Ready(SeatGoal seat)
    {
        var story = new HostStory();
        story.Goal(1, [Seat("web")]);
        story.Sign("web", MachineSignKind.Running);
        story.Sign("web", MachineSignKind.GuestBeat);
        story.Sign("web", MachineSignKind.GuestReady);
        story.Goal(2, [seat]);
        return story;
    }

    private static double[] LeftAsTold(HostStory story) =>
        [.. story.Done.OfType<HostEffect.Introduce>().Select(told => told.Seat.Notice?.Left.TotalSeconds ?? -1)];

    /// <summary>The next life of the agent, with the machine of the life before.</summary>
    private static HostStory NextLife(HostStory before, double away)
    {
        var next = new HostStory(
            before.Kept! with { GoalTakenAt = before.Kept!.GoalTakenAt - TimeSpan.FromSeconds(away) }, settle: false);
        next.Processes[Web] = before.Processes[Web];
        next.Take(Warden());
        next.Take(next.Inventory());
        return next;
    }

    [Fact]
    public void A_guest_that_shuts_down_on_its_notice_has_approved_it_and_nothing_failed()
    {
        var story = Ready(Told(20));

        story.Sign("web", MachineSignKind.GuestShutdown);

        Assert.Empty(story.Report.Incidents);
        Assert.Equal((MachinePhase.Starting, "plan", 0),
            (story.Seen("web")!.Phase, story.Seen("web")!.Approved, story.Seen("web")!.Resets));
        Assert.Equal((1, 1), (story.Count<HostEffect.Start>(), story.Count<HostEffect.End>()));
        Assert.Contains(story.Done, done => done is HostEffect.Tell { Reason.Code: "wentAhead" });
    }

    /// <summary>As after a crash: QEMU says it, and the guest has answered nobody.</summary>
    [Fact]
    public void A_guest_that_begins_anew_while_a_notice_is_out_has_answered_nothing_and_is_repaired()
    {
        var story = Ready(Told(20));

        story.Sign("web", MachineSignKind.GuestShutdown, detail: "guest-reset");

        Assert.Equal(HostIncidentKind.GuestShutdown, Assert.Single(story.Report.Incidents).Kind);
        Assert.Null(story.Seen("web")!.Approved);
    }

    [Fact]
    public void It_stays_down_where_it_leaves_and_is_gone_for_good_once_the_plan_goes_on()
    {
        var story = Ready(Told(20));
        story.Sign("web", MachineSignKind.GuestShutdown);
        story.Pass(5);

        story.Goal(3, [Seat("web", wanted: WantedState.Stopped)]);
        story.Pass(60);

        Assert.Equal((1, MachinePhase.Stopped), (story.Count<HostEffect.Start>(), story.Seen("web")!.Phase));
    }

    [Fact]
    public void One_that_is_to_be_restarted_starts_with_the_order()
    {
        var story = Ready(Told(20));
        story.Sign("web", MachineSignKind.GuestShutdown);

        story.Goal(3, [Seat("web", restart: 1)]);

        Assert.Equal((2, 1L), (story.Count<HostEffect.Start>(), story.Seen("web")!.RestartOrder));
        Assert.Null(story.Seen("web")!.Approved);
    }

    [Fact]
    public void When_the_plan_is_called_off_it_starts_at_once_and_when_nobody_goes_on_with_it_after_30_s()
    {
        var calledOff = Ready(Told(20));
        calledOff.Sign("web", MachineSignKind.GuestShutdown);
        calledOff.Goal(3, [Seat("web")]);
        Assert.Equal(2, calledOff.Count<HostEffect.Start>());

        var alone = Ready(Told(600));
        alone.Sign("web", MachineSignKind.GuestShutdown);
        alone.Pass(29);
        Assert.Equal(1, alone.Count<HostEffect.Start>());
        alone.Pass(2);
        Assert.Equal(2, alone.Count<HostEffect.Start>());
    }

    [Fact]
    public void Without_a_notice_it_has_failed_and_is_repaired()
    {
        var story = Ready(Seat("web"));

        story.Sign("web", MachineSignKind.GuestShutdown);

        Assert.Equal(HostIncidentKind.GuestShutdown, Assert.Single(story.Report.Incidents).Kind);
        Assert.Equal(2, story.Count<HostEffect.Start>());
    }

    [Fact]
    public void What_the_end_of_the_lease_asked_to_shut_down_has_not_answered_its_notice()
    {
        var story = Ready(Told(20));
        story.ByLease = true;

        story.Sign("web", MachineSignKind.GuestShutdown);

        Assert.Equal(HostIncidentKind.LeaseEnd, Assert.Single(story.Report.Incidents).Kind);
        Assert.Equal(2, story.Count<HostEffect.Start>());
        Assert.Null(story.Seen("web")!.Approved);
    }

    [Fact]
    public void While_automation_is_disarmed_nothing_is_ended_and_its_answer_counts_once_that_is_on_again()
    {
        var story = Ready(Told(60));
        Say(story, 3, held: true);
        story.Sign("web", MachineSignKind.GuestShutdown);
        Assert.Equal(0, story.Count<HostEffect.End>());

        Say(story, 4, held: false);
        story.Pass(1);

        Assert.Equal((1, "plan"), (story.Count<HostEffect.End>(), story.Seen("web")!.Approved));
        Assert.Empty(story.Report.Incidents);
    }

    [Fact]
    public void An_agent_that_was_restarted_tells_its_guest_what_is_left_by_now()
    {
        var first = Ready(Told(100));
        Assert.Equal([100.0], LeftAsTold(first));

        var next = NextLife(first, away: 60);

        Assert.Equal([40.0], LeftAsTold(next));
    }

    [Fact]
    public void A_guest_that_starts_anew_meanwhile_hears_what_is_left_and_not_what_was()
    {
        var story = Ready(Told(100));
        story.Pass(30, () => story.Sign("web", MachineSignKind.GuestBeat));

        story.Sign("web", MachineSignKind.Panic);

        Assert.Equal([100.0, 70.0], LeftAsTold(story));
        Assert.All(story.Done.OfType<HostEffect.Start>(), start => Assert.Null(start.Seat.Notice));
    }

    [Fact]
    public void A_clock_that_was_set_back_gives_a_notice_its_time_again_and_a_controller_never_more_than_was_left()
    {
        var first = Ready(Told(100));
        Assert.Equal([100.0], LeftAsTold(NextLife(first, away: -1000)));

        first.Goal(3, [Told(500)]);
        first.Pass(10, () => first.Sign("web", MachineSignKind.GuestBeat));
        first.Sign("web", MachineSignKind.Panic);

        Assert.Equal(90.0, LeftAsTold(first)[^1]);
    }

    private static void Say(HostStory story, long revision, bool held) =>
        story.Take(new HostInput.ControllerSpoke("lab", "c1", new(1), 0, new Goal
        {
            Epoch = new(1),
            Revision = revision,
            Seats = [Told(60)],
            Floors = [],
            Automation = new Automation(new Epoch(1), revision, held ? AutomationMode.Freeze : AutomationMode.Armed),
        }, null));
}
