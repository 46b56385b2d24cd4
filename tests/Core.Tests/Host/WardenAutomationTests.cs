using Havm.Core.Host.SelfFence;
using Havm.Model;

namespace Havm.Core.Tests.Host;

/// <summary>SAFETY 3, the host's side of a disarm: what the lease's end may not do, and from when on again.</summary>
public sealed class WardenAutomationTests
{
    private static readonly Automation Frozen = new(new(1), 1, AutomationMode.Freeze);

    private static readonly Automation On = new(new(1), 2, AutomationMode.Armed);

    private static void Told(WardenStory story, Automation word) =>
        Assert.True(story.Ask(request => new WardenInput.FloorsAsked(request, [], [], word))!.Granted);

    /// <summary>A bound machine runs, automation is off, and no controller answers any more.</summary>
    private static WardenStory FrozenAndCut(IsolationPolicy policy)
    {
        var story = new WardenStory();
        story.Pass(1);
        story.Run("web", policy);
        Told(story, Frozen);
        story.Answering = false;
        return story;
    }

    [Theory]
    [InlineData(IsolationPolicy.PowerOff)]
    [InlineData(IsolationPolicy.Stop)]
    [InlineData(IsolationPolicy.Pause)]
    public void The_leases_end_neither_ends_nor_pauses_anything_and_the_watchdog_is_fed(IsolationPolicy policy)
    {
        var story = FrozenAndCut(policy);
        story.Pass(600);
        var fed = story.Fed;

        story.Pass(10);

        Assert.True(story.IsRunning("web"));
        Assert.DoesNotContain(new InstanceName("web"), story.AskedToShutDown);
        Assert.True(story.Fed > fed);
    }

    [Fact]
    public void Automation_on_again_the_lease_counts_from_there_and_ends_what_it_binds()
    {
        var story = FrozenAndCut(IsolationPolicy.PowerOff);
        story.Pass(600);
        Told(story, On);

        story.Pass(11.6);
        Assert.True(story.IsRunning("web"));
        story.Pass(0.8);
        Assert.False(story.IsAlive("web"));
    }

    [Fact]
    public void The_gate_is_shut_and_automation_coming_on_opens_it_only_with_a_lease()
    {
        var story = FrozenAndCut(IsolationPolicy.PowerOff);
        Assert.Equal("disarmed", story.Permit("db", 1, IsolationPolicy.PowerOff)!.Reason.Code);
        story.Pass(60);
        Told(story, On);

        Assert.Equal("noLease", story.Permit("db", 1, IsolationPolicy.PowerOff)!.Reason.Code);
        story.Answering = true;
        story.Pass(2);
        Assert.True(story.Permit("db", 1, IsolationPolicy.PowerOff)!.Granted);
    }

    [Fact]
    public void A_warden_that_restarts_goes_on_holding_to_it()
    {
        var story = FrozenAndCut(IsolationPolicy.PowerOff);
        story.Pass(60);

        var next = new WardenStory(story.Kept, null, story.Now.SinceOrigin.TotalSeconds) { Answering = false };
        next.Machines[new("web")] = true;
        next.Pass(60);

        Assert.True(next.IsRunning("web"));
    }

    [Fact]
    public void An_older_word_that_comes_late_changes_nothing()
    {
        var story = FrozenAndCut(IsolationPolicy.PowerOff);
        Told(story, On);
        Told(story, Frozen);

        story.Pass(20);

        Assert.False(story.IsAlive("web"));
    }

    [Fact]
    public void What_was_withdrawn_is_ended_still()
    {
        var story = FrozenAndCut(IsolationPolicy.LeaveRunning);

        story.Floors(("web", 1));
        story.Pass(1);

        Assert.False(story.IsAlive("web"));
    }

    [Fact]
    public void What_the_lease_had_paused_goes_on_with_a_fresh_one()
    {
        var story = new WardenStory();
        story.Pass(1);
        story.Run("web", IsolationPolicy.Pause);
        story.Answering = false;
        story.Pass(12);
        Assert.False(story.IsRunning("web"));
        Told(story, Frozen);
        story.Pass(60);
        Assert.True(story.IsAlive("web"));

        story.Answering = true;
        story.Pass(2);

        Assert.True(story.IsRunning("web"));
    }
}
