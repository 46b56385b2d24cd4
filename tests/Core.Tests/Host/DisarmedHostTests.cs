using Havm.Core.Host.Goals;
using Havm.Model;
using static Havm.Core.Tests.Host.HostStory;

namespace Havm.Core.Tests.Host;

/// <summary>SPEC 5.7: an agent whose goal says that automation is off looks, tells, and does nothing.</summary>
public sealed class DisarmedHostTests
{
    private static readonly Automation Frozen = new(new(1), 1, AutomationMode.Freeze);

    private static readonly Automation On = new(new(1), 2, AutomationMode.Armed);

    private static void Goal(HostStory story, long revision, Automation word, params SeatGoal[] seats) =>
        story.Take(new HostInput.ControllerSpoke("lab", "c1", new(1), 0, new Goal
        {
            Epoch = new(1), Revision = revision, Seats = [.. seats], Automation = word,
        }, null));

    private static HostStory Ready()
    {
        var story = new HostStory();
        story.Goal(1, [Seat("web")]);
        story.Sign("web", MachineSignKind.Running);
        story.Sign("web", MachineSignKind.GuestReady);
        return story;
    }

    [Fact]
    public void Nothing_is_started_and_the_word_is_acknowledged()
    {
        var story = new HostStory();

        Goal(story, 1, Frozen, Seat("web"));
        story.Pass(30);

        Assert.Empty(story.Processes);
        Assert.Equal(Frozen, story.Report.Automation);
        Goal(story, 2, On, Seat("web"));
        Assert.Single(story.Processes);
        Assert.Equal(On, story.Report.Automation);
    }

    [Fact]
    public void It_is_not_acknowledged_before_the_warden_has_it()
    {
        var story = Ready();
        story.WardenSilent = true;

        Goal(story, 2, Frozen, Seat("web"));
        story.Pass(5);

        Assert.Null(story.Report.Automation);
    }

    [Fact]
    public void Nothing_is_stopped_not_even_what_the_goal_wants_stopped()
    {
        var story = Ready();
        Goal(story, 2, Frozen, Seat("web", wanted: WantedState.Stopped));
        story.Pass(60);

        Assert.Equal(0, story.Count<HostEffect.AskShutdown>());
        Assert.Single(story.Processes);
        Goal(story, 3, On, Seat("web", wanted: WantedState.Stopped));
        story.Pass(11);
        Assert.Empty(story.Processes);
    }

    [Theory]
    [InlineData(MachineSignKind.Panic)]
    [InlineData(MachineSignKind.Watchdog)]
    [InlineData(MachineSignKind.GuestShutdown)]
    public void Trouble_is_told_and_repaired_once_automation_is_on(MachineSignKind sign)
    {
        var story = Ready();
        Goal(story, 2, Frozen, Seat("web"));
        story.Sign("web", sign);
        story.Pass(120);

        Assert.Equal(0, story.Count<HostEffect.End>());
        Assert.Equal("repairHeld", story.Seen("web")!.Reason!.Code);
        Goal(story, 3, On, Seat("web"));
        Assert.Equal(1, story.Count<HostEffect.End>());
        Assert.Equal(2, story.Count<HostEffect.Start>());
    }

    [Fact]
    public void A_process_that_ended_by_itself_is_started_once_automation_is_on()
    {
        var story = Ready();
        Goal(story, 2, Frozen, Seat("web"));
        story.Exit("web");
        story.Pass(120);

        Assert.Empty(story.Processes);
        Assert.Equal(MachinePhase.Stopped, story.Seen("web")!.Phase);
        Assert.EndsWith("once automation is on again", story.Seen("web")!.Reason!.Message);
        Goal(story, 3, On, Seat("web"));
        Assert.Single(story.Processes);
    }

    [Fact]
    public void What_was_withdrawn_is_ended_still()
    {
        var story = Ready();
        story.Take(new HostInput.ControllerSpoke("lab", "c1", new(1), 0, new Goal
        {
            Epoch = new(1), Revision = 2, Seats = [], Automation = Frozen,
            Floors = [new GenerationFloor(new("web"), new(1))],
        }, null));

        Assert.Empty(story.Processes);
    }

    [Fact]
    public void An_agent_that_restarts_remembers_it_and_takes_up_what_runs()
    {
        var story = Ready();
        Goal(story, 2, Frozen, Seat("web"), Seat("db"));

        var next = new HostStory(story.Kept, settle: false);
        foreach (var (name, process) in story.Processes)
        {
            next.Processes[name] = process;
        }

        next.Take(Warden());
        next.Take(next.Inventory());
        next.Pass(60);

        Assert.Equal(MachinePhase.Running, next.Seen("web")!.Phase);
        Assert.Equal(0, next.Count<HostEffect.Start>());
    }

    [Fact]
    public void A_guest_that_panicked_meanwhile_is_repaired_though_the_agent_restarted_since()
    {
        var story = Ready();
        Goal(story, 2, Frozen, Seat("web"));
        story.Sign("web", MachineSignKind.Panic);
        var next = new HostStory(story.Kept, settle: false);
        foreach (var (name, process) in story.Processes)
        {
            next.Processes[name] = process;
        }

        next.Take(Warden());
        next.Take(next.Inventory());
        next.Sign("web", MachineSignKind.Panic);
        next.Sign("web", MachineSignKind.Held);
        next.Pass(60);
        Assert.Equal(0, next.Count<HostEffect.End>());

        Goal(next, 3, On, Seat("web"));
        next.Pass(10);

        Assert.Equal(1, next.Count<HostEffect.End>());
        Assert.Equal(1, next.Count<HostEffect.Start>());
    }
}
