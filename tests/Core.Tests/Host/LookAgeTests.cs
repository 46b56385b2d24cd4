using Havm.Core.Host.Goals;
using Havm.Model;

namespace Havm.Core.Tests.Host;

/// <summary>SPEC 4: every beat tells how old what the agent knows of its machines is.</summary>
public sealed class LookAgeTests
{
    [Fact]
    public void It_grows_until_the_node_was_looked_through_again_whatever_else_is_heard()
    {
        var story = new HostStory(settle: false);
        story.Pass(4);
        Assert.Equal(TimeSpan.FromSeconds(3), story.LookAge);

        story.Take(story.Inventory());
        Assert.Equal(TimeSpan.Zero, story.LookAge);
        story.Pass(12, () => story.Take(HostStory.Warden()));

        Assert.Equal(TimeSpan.FromSeconds(12), story.LookAge);
    }

    [Fact]
    public void Time_in_which_the_agent_did_not_run_does_not_count()
    {
        var story = new HostStory();

        story.StandStill(60);

        Assert.Equal(TimeSpan.FromSeconds(2), story.LookAge);
    }
}
