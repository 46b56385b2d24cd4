using Havm.Core.Host.SelfFence;
using Havm.Model;
using static Havm.Core.Tests.Host.HostStory;

namespace Havm.Core.Tests.Host;

/// <summary>Which goal a node's processes say they hold: what they name is not sent again.</summary>
public sealed class HeldGoalTests
{
    [Fact]
    public void A_goal_that_is_only_remembered_is_asked_for_again_because_nothing_it_lacks_could_be_ended()
    {
        var before = new HostStory();
        before.Goal(1, [Seat("web")]);
        Assert.Equal(new GoalVersion(new(1), 1), before.Holds);

        var after = new HostStory(before.Kept);
        Assert.Null(after.Holds);

        after.Goal(1, [Seat("web")]);
        Assert.Equal(new GoalVersion(new(1), 1), after.Holds);
        after.Goal(1, [], epoch: 2);
        Assert.Equal(new GoalVersion(new(2), 1), after.Holds);
    }

    [Fact]
    public void Each_life_asks_for_the_goal_once_so_that_its_floors_are_known_and_no_more()
    {
        var story = new WardenStory { TellsGoals = false };
        story.Pass(2);
        Assert.Null(story.LastBeat!.Holds);

        story.Take(new WardenInput.ControllerSpoke("lab", "c1", new(1), 0, false, Goal(7), null));
        story.Pass(2);
        Assert.Equal(new GoalVersion(new(1), 7), story.LastBeat.Holds);
        Assert.Contains(story.Kept!.Floors, f => f.Generation == new Generation(3));

        story.Take(new WardenInput.ControllerSpoke("lab", "c1", new(1), 0, false, Goal(6), null));
        story.Pass(2);
        Assert.Equal(7, story.LastBeat.Holds!.Revision);

        var next = new WardenStory(story.Kept) { TellsGoals = false };
        next.Pass(2);
        Assert.Null(next.LastBeat!.Holds);
    }

    private static Goal Goal(long revision) => new()
    {
        Epoch = new(1), Revision = revision, Floors = [new GenerationFloor(new("web"), new(3))],
    };
}
