using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SPEC 4: an agent that beats on and tells what was is found out, and nobody is fenced for it.</summary>
public sealed class OldNewsStories
{
    [Fact]
    public void An_agent_whose_look_at_its_machines_is_old_is_told_and_its_word_proves_nothing()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.LookAge = TimeSpan.FromSeconds(9.9);
        story.Run(2);
        Assert.Empty(story.Ledger.Incidents);

        home.LookAge = TimeSpan.FromSeconds(10);
        story.Run(1.2);
        var told = story.OnlyIncident(IncidentKind.AgentDown);
        Assert.True(told.Open);
        Assert.Equal("agentOldNews", told.Decision.Code);
        Assert.NotNull(story.Cluster.HeardOf(home.Name).Report);
        Assert.Null(story.Cluster.HeardOf(home.Name).Inventory);
        story.Run(60);
        Assert.Equal(NodePhase.Up, story.PhaseOf(home));
        Assert.Equal(0, story.Sent<PowerOff>());

        home.LookAge = TimeSpan.FromSeconds(0.5);
        story.Run(2);
        Assert.False(story.OnlyIncident(IncidentKind.AgentDown).Open);
        Assert.NotNull(story.Cluster.HeardOf(home.Name).Inventory);
    }

    [Fact]
    public void An_agent_that_has_running_what_its_warden_saw_end_is_told_within_seven_seconds()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Blind = true;
        story.Run(2);
        GiveUp(story, home);

        Assert.InRange(story.Until(() => !story.Ledger.Incidents.IsEmpty), 6, 7.2);

        Assert.Equal("agentOldNews", story.OnlyIncident(IncidentKind.AgentDown).Decision.Code);
        Assert.Equal(0, story.Sent<PowerOff>());
        home.Blind = false;
        story.Until(() => !story.OnlyIncident(IncidentKind.AgentDown).Open);
    }

    [Theory]
    [InlineData(29, true, false)]
    [InlineData(30, true, true)]
    [InlineData(599, false, false)]
    [InlineData(600, false, true)]
    public void An_agent_that_never_had_a_look_does_not_end_itself_again_at_once(int age, bool hasLooked, bool ends) =>
        Assert.Equal(ends, OldNews.BeginsAnew(TimeSpan.FromSeconds(age), hasLooked));

    [Fact]
    public void An_end_that_the_agent_tells_of_as_well_is_no_lie()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Blind = true;
        story.Run(2);
        GiveUp(story, home);
        story.Until(() => !story.Cluster.HeardOf(home.Name).EndedUnnoticed.IsEmpty);

        home.Blind = false;
        story.Run(20);

        Assert.Empty(story.Cluster.HeardOf(home.Name).EndedUnnoticed);
        Assert.DoesNotContain(story.Ledger.Incidents.Values, i => i.Kind == IncidentKind.AgentDown);
    }

    /// <summary>Its process is gone and is not started again there.</summary>
    private static void GiveUp(Story story, SmallHost home)
    {
        var instance = story.Instance("a");
        home.GivenUp.Add((instance.Name, story.SeatOf("a")!.Generation));
        home.Running.Remove(instance.Name);
    }
}
