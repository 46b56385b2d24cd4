using Havm.Core.Host.Goals;
using Havm.Core.Host.Watch;
using Havm.Model;
using static Havm.Core.Tests.Host.HostStory;

namespace Havm.Core.Tests.Host;

/// <summary>
/// Row 2 of the health ladder: the program in a guest, which its guest agent restarts until it gives it up.
/// </summary>
public sealed class RoleTests
{
    private const string Ended = "its program ended with exit code 1";

    private static HostStory Ready(MonitoringMode monitoring = MonitoringMode.Vm)
    {
        var story = new HostStory();
        story.Goal(1, [Seat("web", monitoring: monitoring)]);
        BecomeReady(story);
        return story;
    }

    private static void BecomeReady(HostStory story)
    {
        story.Sign("web", MachineSignKind.Running);
        story.Sign("web", MachineSignKind.GuestReady);
    }

    private static void Live(HostStory story, double seconds) =>
        story.Pass(seconds, () => story.Sign("web", MachineSignKind.GuestBeat));

    [Fact]
    public void What_the_guest_agent_restarts_is_an_incident_and_the_machine_is_left_alone()
    {
        var story = Ready();
        Live(story, 5);
        story.Sign("web", MachineSignKind.RoleDown, detail: Ended);
        Assert.Equal(MachinePhase.Running, story.Seen("web")!.Phase);
        Live(story, 2);
        story.Sign("web", MachineSignKind.GuestReady);
        Live(story, 61);

        var incident = Assert.Single(story.Report.Incidents);
        Assert.Equal((HostIncidentKind.RoleFailure, "roleRestart"), (incident.Kind, incident.Decision.Code));
        Assert.Contains(Ended, incident.Decision.Message);
        Assert.Equal((Dawn.AddSeconds(5), Dawn.AddSeconds(7)), (incident.DetectedAt, incident.ReadyAt));
        Assert.Null(incident.StartedAt);
        Assert.Equal(1, story.Count<HostEffect.Start>());
        Assert.Equal(0, story.Count<HostEffect.End>());
    }

    [Fact]
    public void What_the_program_wrote_last_is_kept_with_its_incident_and_told_at_once()
    {
        var story = Ready();
        story.Sign("web", MachineSignKind.RoleLog, detail: "well\nno room left");
        Assert.Null(story.Seen("web")!.Log);

        story.Sign("web", MachineSignKind.RoleDown, detail: Ended);

        Assert.Equal("well\nno room left", story.Seen("web")!.Log);
        var incident = Assert.Single(story.Report.Incidents);
        Assert.Equal($"/evidence/web/{incident.Id}/application.log", incident.Kept);
        Assert.Equal(incident.Id, Assert.Single(story.Done.OfType<HostEffect.KeepEvidence>()).Incident);
        Assert.Equal(0, story.Count<HostEffect.End>());
    }

    [Fact]
    public void Alone_it_is_news_once_a_minute_however_much_the_program_writes()
    {
        var story = Ready();
        var before = story.Report.Version;
        var line = 0;

        story.Pass(600, () =>
        {
            story.Sign("web", MachineSignKind.GuestBeat);
            story.Sign("web", MachineSignKind.RoleLog, detail: $"line {++line}");
        });

        Assert.InRange(story.Report.Version - before, 9, 11);
        var told = story.Seen("web")!.Log;
        Live(story, 60);
        Assert.NotEqual(told, story.Seen("web")!.Log);
        Assert.Equal("line 600", story.Seen("web")!.Log);
    }

    [Fact]
    public void A_machine_that_is_begun_anew_has_written_nothing()
    {
        var story = Ready();
        story.Sign("web", MachineSignKind.RoleLog, detail: "well");
        story.Sign("web", MachineSignKind.Panic);
        BecomeReady(story);

        Assert.Null(story.Seen("web")!.Log);
    }

    [Theory]
    [InlineData(0, 10, 0)]
    [InlineData(5, 10, 5)]
    [InlineData(64, 10, LogTail.Lines)]
    [InlineData(64, 500, 4)]
    [InlineData(1, 5000, 0)]
    public void Of_what_is_kept_whole_lines_go_to_the_controller(int lines, int length, int told)
    {
        var log = LogTail.Of(string.Join('\n', Enumerable.Repeat(new string('x', length), lines)));

        Assert.Equal(told, log?.Split('\n').Length ?? 0);
        Assert.All(log?.Split('\n') ?? [], line => Assert.Equal(length, line.Length));
    }

    [Fact]
    public void A_program_that_crashes_again_before_it_is_forgiven_is_still_the_same_incident()
    {
        var story = Ready();
        for (var i = 0; i < 3; i++)
        {
            story.Sign("web", MachineSignKind.RoleDown, detail: Ended);
            Live(story, 1);
            story.Sign("web", MachineSignKind.GuestReady);
            Live(story, 20);
        }

        Assert.Null(Assert.Single(story.Report.Incidents).ReadyAt);
        Live(story, 41);
        Assert.Equal(Dawn.AddSeconds(43), Assert.Single(story.Report.Incidents).ReadyAt);
    }

    [Fact]
    public void What_the_guest_agent_gave_up_is_begun_anew_at_once_in_the_same_incident()
    {
        var story = Ready();
        Live(story, 5);
        story.Sign("web", MachineSignKind.RoleDown, detail: Ended);
        Live(story, 10);
        story.Sign("web", MachineSignKind.RoleGivenUp, detail: "its program has used up its restarts");
        Assert.Equal(2, story.Count<HostEffect.Start>());
        Live(story, 3);
        BecomeReady(story);

        var incident = Assert.Single(story.Report.Incidents);
        Assert.Equal((HostIncidentKind.RoleFailure, "restartInPlace"), (incident.Kind, incident.Decision.Code));
        Assert.Contains("used up its restarts", incident.Decision.Message);
        Assert.Equal(
            (Dawn.AddSeconds(5), Dawn.AddSeconds(15), Dawn.AddSeconds(15), Dawn.AddSeconds(18)),
            (incident.DetectedAt, incident.DecidedAt, incident.StartedAt, incident.ReadyAt));
        Assert.Equal(1, story.Seen("web")!.Resets);
    }

    [Fact]
    public void Where_nobody_looks_what_was_given_up_is_told_and_stays_down()
    {
        var story = Ready(MonitoringMode.Off);
        story.Sign("web", MachineSignKind.RoleDown, detail: Ended);
        story.Sign("web", MachineSignKind.RoleGivenUp, detail: "its program has used up its restarts");
        Live(story, 700);

        Assert.Equal(1, story.Count<HostEffect.Start>());
        Assert.Equal("roleGivenUp", story.Seen("web")!.Reason!.Code);
        Assert.Equal("roleGivenUp", Assert.Single(story.Report.Incidents).Decision.Code);
    }

    [Fact]
    public void A_restart_that_a_controller_ordered_is_no_incident_of_its_own()
    {
        var story = Ready();
        story.Goal(2, [Seat("web") with { RoleRestarts = 1 }]);
        Assert.Equal(1, story.Count<HostEffect.Introduce>());
        story.Sign("web", MachineSignKind.GuestNotReady);
        story.Sign("web", MachineSignKind.GuestReady);
        Assert.Empty(story.Report.Incidents);

        story.Sign("web", MachineSignKind.RoleDown, detail: Ended);
        Assert.Equal(HostIncidentKind.RoleFailure, Assert.Single(story.Report.Incidents).Kind);
    }

    [Fact]
    public void A_program_that_was_down_when_other_trouble_came_is_not_told_to_have_been_ready()
    {
        var story = Ready();
        story.Sign("web", MachineSignKind.RoleDown, detail: Ended);
        Live(story, 1);
        story.Sign("web", MachineSignKind.GuestReady);
        Live(story, 1);
        story.Sign("web", MachineSignKind.RoleDown, detail: Ended);
        Live(story, 1);
        story.Sign("web", MachineSignKind.Panic);

        Assert.Null(story.Report.Incidents[0].ReadyAt);
        Assert.Equal(HostIncidentKind.GuestPanic, story.Report.Incidents[1].Kind);
    }

    [Fact]
    public void An_incident_of_a_seat_that_goes_is_told_until_it_was_heard_and_no_longer()
    {
        var story = Ready();
        story.Sign("web", MachineSignKind.RoleDown, detail: Ended);
        Live(story, 1);
        story.Goal(2, [], [("web", 1)]);
        story.Pass(3);
        Assert.Single(story.Report.Incidents);
        story.Take(new HostInput.ControllerSpoke("lab", "c1", new(1), story.Report.Version, null, null));
        story.Goal(3, [Seat("other")], [("web", 1)]);
        story.Pass(3);

        Assert.Empty(story.Report.Incidents);
    }

    [Fact]
    public void Other_trouble_while_it_is_restarted_has_an_incident_of_its_own()
    {
        var story = Ready();
        story.Sign("web", MachineSignKind.RoleDown, detail: Ended);
        Live(story, 1);
        story.Sign("web", MachineSignKind.GuestReady);
        Live(story, 1);
        story.Sign("web", MachineSignKind.Panic);
        BecomeReady(story);

        Assert.Equal(
            [HostIncidentKind.RoleFailure, HostIncidentKind.GuestPanic],
            story.Report.Incidents.Select(incident => incident.Kind));
        Assert.Equal(
            [Dawn.AddSeconds(1), Dawn.AddSeconds(2)],
            story.Report.Incidents.Select(incident => incident.ReadyAt!.Value));
    }
}
