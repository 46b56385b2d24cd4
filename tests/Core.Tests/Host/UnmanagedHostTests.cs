using Havm.Core.Host.Goals;
using Havm.Model;
using static Havm.Core.Tests.Host.HostStory;

namespace Havm.Core.Tests.Host;

/// <summary>SPEC 6: what a host does with a seat that is unmanaged: it looks.</summary>
public sealed class UnmanagedHostTests
{
    private static HostStory Left()
    {
        var story = new HostStory();
        story.Goal(1, [Seat("web")]);
        story.Sign("web", MachineSignKind.Running);
        story.Sign("web", MachineSignKind.GuestReady);
        story.Goal(2, [Seat("web", wanted: WantedState.Unmanaged)]);
        return story;
    }

    [Theory]
    [InlineData(MachineSignKind.Panic)]
    [InlineData(MachineSignKind.Watchdog)]
    [InlineData(MachineSignKind.GuestShutdown)]
    public void Trouble_is_told_and_repaired_only_when_it_is_taken_back(MachineSignKind sign)
    {
        var story = Left();
        story.Sign("web", sign);
        story.Pass(600);

        Assert.Equal(0, story.Count<HostEffect.End>());
        Assert.Equal("repairHeld", story.Seen("web")!.Reason!.Code);
        story.Goal(3, [Seat("web")]);
        Assert.Equal(1, story.Count<HostEffect.End>());
        Assert.Equal(2, story.Count<HostEffect.Start>());
    }

    [Fact]
    public void A_process_that_ended_is_not_started_and_starts_when_it_is_taken_back()
    {
        var story = Left();
        story.Exit("web");
        story.Pass(60);

        Assert.Empty(story.Processes);
        Assert.Empty(story.Report.Incidents);
        Assert.Equal("endedUnmanaged", story.Seen("web")!.Reason!.Code);
        Assert.Null(story.Seen("web")!.ReadyAt);
        story.Goal(3, [Seat("web")]);
        Assert.Single(story.Processes);
        Assert.Null(story.Seen("web")!.Reason);
    }

    [Fact]
    public void A_guest_that_was_asked_to_stop_is_not_ended_when_its_grace_is_over()
    {
        var story = new HostStory();
        story.Goal(1, [Seat("web")]);
        story.Sign("web", MachineSignKind.Running);
        story.Goal(2, [Seat("web", wanted: WantedState.Stopped)]);
        story.Goal(3, [Seat("web", wanted: WantedState.Unmanaged)]);

        story.Pass(60);

        Assert.Single(story.Processes);
    }

    [Fact]
    public void A_shorter_grace_counts_from_when_the_guest_was_asked()
    {
        var story = new HostStory();
        story.Goal(1, [Seat("web")]);
        story.Sign("web", MachineSignKind.Running);
        story.Goal(2, [Seat("web", wanted: WantedState.Stopped) with { Grace = TimeSpan.FromMinutes(10) }]);
        story.Pass(60);
        Assert.Single(story.Processes);

        story.Goal(3, [Seat("web", wanted: WantedState.Stopped) with { Grace = TimeSpan.FromSeconds(5) }]);
        story.Pass(1);

        Assert.Empty(story.Processes);
    }
}
