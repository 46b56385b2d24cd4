using Havm.Core.Host.SelfFence;
using Havm.Model;

namespace Havm.Core.Tests.Host;

/// <summary>SAFETY 3, the host's side of a long lease: what it holds off, and what it must never hold off.</summary>
public sealed class WardenLongLeaseTests
{
    private static readonly LongLeaseName First = new(new(1), 1);

    /// <summary>A bound machine runs, and a long lease was granted once with this much left.</summary>
    private static WardenStory Holding(double seconds = 600, IsolationPolicy policy = IsolationPolicy.PowerOff)
    {
        var story = new WardenStory();
        story.Pass(1);
        story.Run("web", policy);
        story.LongLease = new LongLeaseWord(First, TimeSpan.FromSeconds(seconds));
        story.Pass(1);
        story.LongLease = null;
        Assert.Equal(First, story.Kept!.LongLease!.Name);
        return story;
    }

    [Fact]
    public void K_is_counted_from_the_end_of_the_long_lease()
    {
        var story = Holding(600);
        var end = story.Kept!.LongLease!.Until;
        story.Answering = false;

        story.Pass((end - story.Now).TotalSeconds + 11.6);
        Assert.True(story.IsRunning("web"));

        story.Pass(0.8);
        Assert.False(story.IsAlive("web"));
    }

    [Fact]
    public void P_is_counted_from_there_too()
    {
        var story = Holding(600, IsolationPolicy.Pause);
        var end = story.Kept!.LongLease!.Until;
        story.Answering = false;

        story.Pass((end - story.Now).TotalSeconds + 9.6);
        Assert.True(story.IsRunning("web"));

        story.Pass(0.8);
        Assert.False(story.IsRunning("web"));
    }

    [Fact]
    public void The_end_is_counted_from_sending_the_beat_that_was_answered_and_never_moves()
    {
        var story = Holding(600);
        var until = story.Kept!.LongLease!.Until;
        Assert.True(until <= story.LastAnsweredSending!.Value + TimeSpan.FromSeconds(600));

        story.LongLease = new LongLeaseWord(First, TimeSpan.FromSeconds(600));
        story.Pass(30);

        Assert.Equal(until, story.Kept!.LongLease!.Until);
    }

    [Fact]
    public void The_gate_is_open_while_a_long_lease_runs_so_that_what_falls_is_restarted_in_place()
    {
        var story = Holding(600);
        story.Answering = false;
        story.Pass(60);
        story.Machines.Remove(new("web"));
        story.Pass(1);

        Assert.True(story.Permit("web", 1, IsolationPolicy.PowerOff)!.Granted);
        Assert.Equal(TimeSpan.Zero, story.Ask(request => new WardenInput.StatusAsked(request))!.LeaseAge);
    }

    [Fact]
    public void A_warden_that_restarts_goes_on_holding_it()
    {
        var story = Holding(600);
        var next = new WardenStory(story.Kept, story.NotedLease, story.Now.SinceOrigin.TotalSeconds)
        {
            Answering = false,
        };
        next.Machines[new("web")] = true;

        next.Pass(300);

        Assert.True(next.IsRunning("web"));
        Assert.Equal(First, next.LastBeat!.LongLease.Held);
    }

    [Fact]
    public void It_is_told_as_held_only_once_it_is_on_disk()
    {
        var story = new WardenStory();
        story.Pass(1);
        story.DiskFull = true;
        story.LongLease = new LongLeaseWord(First, TimeSpan.FromMinutes(10));

        story.Pass(5);
        Assert.Equal(LongLeaseName.None, story.LastBeat!.LongLease.Held);

        story.DiskFull = false;
        story.Pass(2.4);
        Assert.Equal(First, story.LastBeat!.LongLease.Held);
    }

    [Fact]
    public void Its_end_by_order_holds_at_once_and_is_told_only_once_it_is_on_disk()
    {
        var story = Holding(600);
        story.DiskFull = true;
        story.LongLease = new LongLeaseWord(First, null);
        story.Pass(1.2);
        story.Answering = false;

        story.Pass(13);

        Assert.False(story.IsAlive("web"));
        Assert.Equal(LongLeaseName.None, story.LastBeat!.LongLease.Ended);
        story.DiskFull = false;
        story.Pass(2.4);
        Assert.Equal(First, story.LastBeat!.LongLease.Ended);
    }

    [Fact]
    public void What_is_ended_is_never_taken_again_however_late_its_grant_comes()
    {
        var story = Holding(600);
        story.LongLease = new LongLeaseWord(First, null);
        story.Pass(1.2);

        story.LongLease = new LongLeaseWord(First, TimeSpan.FromMinutes(10));
        story.Pass(1.2);
        story.Answering = false;
        story.Pass(13);

        Assert.False(story.IsAlive("web"));
    }

    [Fact]
    public void The_end_of_a_later_one_ends_all_before_it()
    {
        var story = Holding(600);

        story.LongLease = new LongLeaseWord(new(new(1), 4), null);
        story.Pass(1.2);
        story.Answering = false;
        story.Pass(13);

        Assert.False(story.IsAlive("web"));
    }

    [Fact]
    public void Only_the_term_that_made_it_can_grant_it()
    {
        var story = new WardenStory { Epoch = new(2) };
        story.LongLease = new LongLeaseWord(First, TimeSpan.FromMinutes(10));
        story.Pass(2);
        Assert.Null(story.Kept!.LongLease);

        story.LongLease = new LongLeaseWord(new(new(3), 1), TimeSpan.FromMinutes(10));
        story.Pass(2);
        Assert.Null(story.Kept!.LongLease);
    }

    [Fact]
    public void A_copied_or_older_controller_neither_grants_nor_ends()
    {
        var story = Holding(600);
        story.Epoch = new(5);
        story.Pass(2);
        var beat = story.LastBeat!.Sequence;

        foreach (var (controller, epoch) in (ReadOnlySpan<(string, long)>)[("c4", 4), ("copy", 5)])
        {
            story.Take(new WardenInput.ControllerSpoke("lab", controller, new(epoch), beat, true, null, null,
                new LongLeaseWord(new(new(epoch), 9), null)));
            story.Take(new WardenInput.ControllerSpoke("lab", controller, new(epoch), beat, true, null, null,
                new LongLeaseWord(new(new(epoch), 10), TimeSpan.FromMinutes(10))));
        }

        Assert.Equal(First, story.Kept!.LongLease!.Name);
        Assert.Equal(LongLeaseName.None, story.Kept.LongLeaseEnded);
    }

    [Fact]
    public void A_word_that_answers_no_beat_grants_nothing()
    {
        var story = new WardenStory();
        story.Pass(1);

        foreach (var (answers, lease) in (ReadOnlySpan<(long, bool)>)[(0, true), (10_000, true), (1, false)])
        {
            story.Take(new WardenInput.ControllerSpoke("lab", "c1", new(1), answers, lease, null, null,
                new LongLeaseWord(First, TimeSpan.FromMinutes(10))));
        }

        story.Pass(1);
        Assert.Null(story.Kept!.LongLease);
    }

    [Fact]
    public void None_outlasts_a_day_whatever_is_said()
    {
        var story = Holding(TimeSpan.FromDays(400).TotalSeconds);

        Assert.True(story.Kept!.LongLease!.Until - story.Now <= TimeSpan.FromHours(24));
    }

    [Fact]
    public void A_withdrawn_generation_is_ended_in_a_long_lease_as_in_any()
    {
        var story = Holding(600);

        story.Floors(("web", 1));
        story.Pass(0.4);

        Assert.False(story.IsAlive("web"));
    }
}
