using Havm.Core.Host.Goals;
using Havm.Model;
using static Havm.Core.Tests.Host.HostStory;

namespace Havm.Core.Tests.Host;

/// <summary>SPEC 7: what machines use, as a host tells it for placement by use.</summary>
public sealed class UseTests
{
    private static readonly MachineUse Much = new(2000, Bytes.MiB(1000));

    private static HostStory Running(MachineUse? use)
    {
        var story = new HostStory();
        if (use is { } measured)
        {
            story.Uses[new("web")] = measured;
        }

        story.Goal(1, [Seat("web")]);
        story.Sign("web", MachineSignKind.Running);
        story.Sign("web", MachineSignKind.GuestReady);
        return story;
    }

    private static void Pass(HostStory story, int seconds) =>
        story.Pass(seconds, () => story.Sign("web", MachineSignKind.GuestBeat));

    [Fact]
    public void A_machine_is_measured_as_soon_as_it_runs_and_then_once_a_minute_whatever_it_does()
    {
        var story = Running(Much);
        Assert.Equal(Much, story.Seen("web")!.Use);

        Pass(story, 300);

        Assert.Equal(6, story.Count<HostEffect.ReadUses>());
    }

    [Theory]
    [InlineData(2190, 1090, false)]
    [InlineData(1810, 910, false)]
    [InlineData(2210, 1000, true)]
    [InlineData(2000, 890, true)]
    public void Only_a_change_by_more_than_a_tenth_is_news(long milliCpus, long memoryMiB, bool isNews)
    {
        var story = Running(Much);
        var version = story.Report.Version;
        var now = new MachineUse(milliCpus, Bytes.MiB(memoryMiB));
        story.Uses[new("web")] = now;

        Pass(story, 120);

        Assert.Equal(isNews ? 1 : 0, story.Report.Version - version);
        Assert.Equal(isNews ? now : Much, story.Seen("web")!.Use);
    }

    [Fact]
    public void Trifles_are_no_news_of_a_machine_that_does_next_to_nothing()
    {
        var story = Running(new MachineUse(5, Bytes.MiB(20)));
        var version = story.Report.Version;
        story.Uses[new("web")] = new MachineUse(50, Bytes.MiB(48));

        Pass(story, 300);

        Assert.Equal(version, story.Report.Version);
    }

    [Fact]
    public void What_cannot_be_measured_and_what_does_not_run_has_no_use()
    {
        var unknown = Running(null);
        Assert.Null(unknown.Seen("web")!.Use);

        var stopped = Running(Much);
        stopped.Goal(2, [Seat("web", wanted: WantedState.Stopped)]);
        stopped.Pass(1);

        Assert.Null(stopped.Seen("web")!.Use);
    }

    [Fact]
    public void A_machine_that_is_started_anew_is_measured_anew()
    {
        var story = Running(Much);
        story.Uses.Clear();
        story.Exit("web");
        story.Pass(2);

        Assert.Equal(2, story.Count<HostEffect.ReadUses>());
        Assert.Null(story.Seen("web")!.Use);
    }
}
