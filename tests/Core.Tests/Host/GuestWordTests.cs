using Havm.Core.Host.Watch;
using Havm.Model;
using static Havm.Core.Tests.Host.HostStory;

namespace Havm.Core.Tests.Host;

/// <summary>A guest may say what it likes as often as it likes: what that costs others is bounded.</summary>
public sealed class GuestWordTests
{
    private static HostStory Ready()
    {
        var story = new HostStory();
        story.Goal(1, [Seat("web")]);
        story.Sign("web", MachineSignKind.Running);
        story.Sign("web", MachineSignKind.GuestReady);
        return story;
    }

    /// <summary>So many reports were made while it flipped ten times a second for a minute.</summary>
    private static long Reports(HostStory story, MachineSignKind well, MachineSignKind ill)
    {
        var before = story.Report.Version;
        story.Pass(60, () =>
        {
            story.Sign("web", MachineSignKind.GuestBeat);
            for (var flip = 0; flip < 5; flip++)
            {
                story.Sign("web", ill, detail: $"exit code {flip}");
                story.Sign("web", well);
            }
        });
        return story.Report.Version - before;
    }

    [Theory]
    [InlineData(MachineSignKind.GuestReady, MachineSignKind.GuestNotReady)]
    [InlineData(MachineSignKind.GuestReady, MachineSignKind.RoleDown)]
    [InlineData(MachineSignKind.ReadsNotices, MachineSignKind.ReadsNoNotices)]
    public void A_guest_that_flips_its_word_all_the_time_makes_a_report_every_5_s(
        MachineSignKind well, MachineSignKind ill)
    {
        Assert.InRange(Reports(Ready(), well, ill), 1, GuestWordBudget.AtOnce + (60 / 5) + 2);
    }

    [Fact]
    public void What_ends_and_starts_again_now_and_then_is_told_at_once()
    {
        var story = Ready();

        for (var crash = 0; crash < 3; crash++)
        {
            story.Pass(60, () => story.Sign("web", MachineSignKind.GuestBeat));
            story.Sign("web", MachineSignKind.RoleDown);
            Assert.Equal(MachinePhase.Running, story.Seen("web")!.Phase);
            story.Sign("web", MachineSignKind.GuestReady);
            Assert.Equal(MachinePhase.Ready, story.Seen("web")!.Phase);
        }
    }

    [Theory]
    [InlineData(MachineSignKind.GuestReady, MachinePhase.Ready)]
    [InlineData(MachineSignKind.GuestNotReady, MachinePhase.Running)]
    public void Its_last_word_wins_5_s_after_the_one_before_it(MachineSignKind last, MachinePhase phase)
    {
        var story = Ready();
        for (var flip = 0; flip < 50; flip++)
        {
            story.Sign("web", MachineSignKind.GuestNotReady);
            story.Sign("web", MachineSignKind.GuestReady);
        }

        story.Sign("web", last);
        story.Pass(5);

        Assert.Equal(phase, story.Seen("web")!.Phase);
    }

    [Fact]
    public void What_waits_to_be_heard_of_a_guest_that_ended_says_nothing_of_the_next_one()
    {
        var story = Ready();
        for (var flip = 0; flip < 10; flip++)
        {
            story.Sign("web", MachineSignKind.GuestNotReady);
            story.Sign("web", MachineSignKind.GuestReady);
        }

        story.Exit("web");
        story.Sign("web", MachineSignKind.Running);
        story.Pass(10);

        Assert.Equal(MachinePhase.Running, story.Seen("web")!.Phase);
        Assert.Null(Assert.Single(story.Report.Incidents).ReadyAt);
    }

    [Fact]
    public void A_guest_whose_words_wait_is_alive()
    {
        var story = Ready();

        story.Pass(120, () =>
        {
            story.Sign("web", MachineSignKind.GuestNotReady);
            story.Sign("web", MachineSignKind.GuestReady);
        });

        Assert.Empty(story.Report.Incidents);
    }
}
