using Havm.Guest.Agent;
using Havm.Wire.Guest;

namespace Havm.GuestAgent.Tests;

public sealed class ReadinessStories
{
    private static readonly ProbeSpec Probe = new(
        ProbeKind.Tcp, 80, Period: TimeSpan.FromSeconds(2), Timeout: TimeSpan.FromSeconds(1), Misses: 3,
        StartTimeout: TimeSpan.FromSeconds(10));

    private static Story Probed() =>
        new Story().Meet(new AgentInput.HostCame()).Hear(Story.Configure(Story.Web(Probe)));

    private static Story Ready() => Probed().Meet(new AgentInput.ProbeAnswered(true)).Forget();

    [Fact]
    public void Before_it_is_configured_a_guest_beats_and_is_not_ready()
    {
        Story story = new Story().Meet(new AgentInput.HostCame()).Pass(16);
        Assert.Equal([1L, 2L], story.Said.OfType<BeatMessage>().Select(beat => beat.Seq));
        Assert.All(story.Said.OfType<BeatMessage>(), beat => Assert.False(beat.Ready));
        Assert.Empty(story.Said.OfType<ReadyMessage>());
    }

    [Fact]
    public void A_guest_without_a_role_is_ready_right_away() => Assert.Single(
        new Story().Meet(new AgentInput.HostCame()).Hear(Story.Configure(null)).Said.OfType<ReadyMessage>());

    [Fact]
    public void Ready_comes_with_the_first_probe_that_passes_and_only_once()
    {
        Story story = Probed();
        Assert.Empty(story.Said.OfType<ReadyMessage>());
        story.Meet(new AgentInput.ProbeAnswered(false)).Pass(0.2).Meet(new AgentInput.ProbeAnswered(true));
        Assert.Single(story.Said.OfType<ReadyMessage>());
        story.Meet(new AgentInput.RoleExited(1)).Pass(0.2).Meet(new AgentInput.ProbeAnswered(true));
        Assert.True(story.LastRole!.Ready);
        Assert.Single(story.Said.OfType<ReadyMessage>());
    }

    [Fact]
    public void A_host_that_was_away_hears_hello_ready_and_a_beat_when_it_comes_back()
    {
        Story story = Ready().Meet(new AgentInput.HostLeft()).Pass(5);
        Assert.Empty(story.Said);
        story.Meet(new AgentInput.HostCame());
        Assert.Equal(["HelloMessage", "ReadyMessage", "BeatMessage"], story.Said.Select(m => m.GetType().Name));
        Assert.Equal(TimeSpan.FromSeconds(1), story.Said.OfType<ReadyMessage>().Single().Uptime);
    }

    [Fact]
    public void Fewer_misses_than_the_limit_restart_nothing()
    {
        Story story = Ready();
        for (int i = 0; i < 10; i++)
        {
            story.Pass(2).Meet(new AgentInput.ProbeAnswered(i % 3 == 2));
        }

        Assert.Equal(0, story.Count<AgentEffect.EndRole>());
    }

    [Fact]
    public void The_last_miss_ends_the_role_and_its_end_starts_it_again()
    {
        Story story = Ready();
        for (int i = 0; i < 3; i++)
        {
            story.Pass(2).Meet(new AgentInput.ProbeAnswered(false));
        }

        Assert.Equal(1, story.Count<AgentEffect.EndRole>());
        Assert.False(story.LastRole!.Ready);
        Assert.Equal(1, story.Meet(new AgentInput.RoleExited(143)).Count<AgentEffect.StartRole>());
    }

    [Fact]
    public void A_probe_without_an_answer_is_dropped_and_counts_as_a_miss()
    {
        // Started after 2, 4 and 6 s, each given up 1 s later.
        Story story = Ready().Pass(7.1);
        Assert.Equal(3, story.Count<AgentEffect.DropProbe>());
        Assert.Equal(1, story.Count<AgentEffect.EndRole>());
    }

    [Fact]
    public void A_role_that_never_passes_is_restarted_when_its_time_to_start_is_over()
    {
        Story story = Probed();
        for (double waited = 0; waited < 9.5; waited += 0.1)
        {
            story.Meet(new AgentInput.ProbeAnswered(false)).Pass(0.1);
        }

        Assert.Equal(0, story.Count<AgentEffect.EndRole>());
        Assert.Equal(1, story.Pass(1).Meet(new AgentInput.ProbeAnswered(false)).Count<AgentEffect.EndRole>());
    }

    [Fact]
    public void Beats_missed_while_the_whole_guest_stood_still_are_not_made_up_for()
    {
        Story story = Ready();
        Assert.InRange(story.Pass(3).Said.OfType<BeatMessage>().Count(), 3, 4);
        story.Forget().StandStill(600).Meet(new AgentInput.Ticked());
        Assert.Single(story.Said.OfType<BeatMessage>());
    }
}
