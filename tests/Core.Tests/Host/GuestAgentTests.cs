using Havm.Core.Host.Goals;
using Havm.Model;
using static Havm.Core.Tests.Host.HostStory;

namespace Havm.Core.Tests.Host;

/// <summary>Guests with the QEMU guest agent, and with none: when they are ready, and when hung.</summary>
public sealed class GuestAgentTests
{
    private static SeatGoal With(GuestAgentKind agent, RepairLimits? repair = null)
    {
        var seat = Seat("web", guestAgent: false, repair: repair);
        return seat with { Machine = seat.Machine with { GuestAgent = agent } };
    }

    private static HostStory Running(SeatGoal seat)
    {
        var story = new HostStory();
        story.Goal(1, [seat]);
        story.Sign("web", MachineSignKind.Running);
        return story;
    }

    private static HostStory Answering(SeatGoal? seat = null)
    {
        var story = Running(seat ?? With(GuestAgentKind.Qemu));
        Answer(story);
        return story;
    }

    private static void Answer(HostStory story)
    {
        story.Sign("web", MachineSignKind.GuestBeat);
        story.Sign("web", MachineSignKind.GuestReady);
    }

    [Fact]
    public void It_is_ready_with_the_first_answer_and_not_before()
    {
        var story = Running(With(GuestAgentKind.Qemu));
        Assert.Equal(MachinePhase.Running, story.Seen("web")!.Phase);

        Answer(story);

        Assert.Equal(MachinePhase.Ready, story.Seen("web")!.Phase);
    }

    [Fact]
    public void One_that_stops_answering_and_does_nothing_is_hung_and_its_incident_ends_with_the_next_answer()
    {
        var story = Answering();

        story.Pass(32);
        Assert.Equal(2, story.Count<HostEffect.Start>());
        story.Sign("web", MachineSignKind.Running);
        story.Pass(3);
        Assert.Null(Assert.Single(story.Report.Incidents).ReadyAt);
        Answer(story);

        var incident = Assert.Single(story.Report.Incidents);
        Assert.Equal((HostIncidentKind.GuestHang, "restartInPlace"), (incident.Kind, incident.Decision.Code));
        Assert.NotNull(incident.ReadyAt);
    }

    [Fact]
    public void One_that_stops_answering_and_works_is_left_alone()
    {
        var story = Answering();

        story.Pass(600, () => story.DiskOperations++);

        Assert.Equal(1, story.Count<HostEffect.Start>());
        Assert.Empty(story.Report.Incidents);
    }

    [Fact]
    public void One_that_has_not_answered_yet_is_left_alone_while_it_works_whatever_the_deadline()
    {
        var story = Running(With(GuestAgentKind.Qemu));

        story.Pass(600, () => story.DiskOperations++);
        Assert.Equal(1, story.Count<HostEffect.Start>());
        story.Pass(32);

        Assert.Equal(2, story.Count<HostEffect.Start>());
        Assert.Equal(HostIncidentKind.StartFailure, Assert.Single(story.Report.Incidents).Kind);
    }

    [Fact]
    public void What_its_process_was_made_for_counts_and_not_what_was_written_since()
    {
        var story = Running(With(GuestAgentKind.Havm));

        story.Goal(2, [With(GuestAgentKind.Qemu)]);
        story.Pass(600);

        Assert.Equal(1, story.Count<HostEffect.Start>());
        Assert.Empty(story.Report.Incidents);
    }

    [Fact]
    public void A_next_life_of_the_host_agent_judges_a_silent_one_by_the_seat_of_its_process()
    {
        var story = Running(With(GuestAgentKind.Qemu));
        var next = new HostStory(story.Kept, settle: false);
        next.Processes[new("web")] = story.Processes[new("web")];
        next.Take(Warden(new WardenView(new("web"), new(1), false, false, false, false)));
        next.Take(next.Inventory());
        next.Goal(1, [With(GuestAgentKind.Qemu)]);

        next.Pass(95);

        Assert.Equal(HostIncidentKind.StartFailure, Assert.Single(next.Report.Incidents).Kind);
    }

    [Fact]
    public void Without_an_agent_silence_means_nothing()
    {
        var story = Running(With(GuestAgentKind.None));

        story.Pass(600);

        Assert.Empty(story.Report.Incidents);
        Assert.Equal(MachinePhase.Running, story.Seen("web")!.Phase);
    }

    [Fact]
    public void A_watchdog_that_fires_is_acted_on_at_once_with_or_without_an_agent_and_counts_in_the_limit()
    {
        var once = new RepairLimits { Resets = 1, HangWait = TimeSpan.FromMinutes(10) };
        var story = Running(With(GuestAgentKind.None, once));

        story.Sign("web", MachineSignKind.Watchdog);
        Assert.Equal(2, story.Count<HostEffect.Start>());
        Assert.Equal(1, story.Seen("web")!.Resets);
        story.Sign("web", MachineSignKind.Running);
        story.Sign("web", MachineSignKind.Watchdog);

        Assert.Equal(2, story.Count<HostEffect.Start>());
        Assert.Equal(MachinePhase.GaveUp, story.Seen("web")!.Phase);
        Assert.Equal(["restartInPlace", "handBack"], story.Report.Incidents.Select(i => i.Decision.Code));
        Assert.All(story.Report.Incidents, i => Assert.Equal(HostIncidentKind.GuestWatchdog, i.Kind));
    }
}
