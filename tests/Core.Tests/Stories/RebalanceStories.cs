using Havm.Core.Changes;
using Havm.Core.Moves;
using Havm.Core.Placement;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SPEC 7: load is evened out only where that is asked for, slowly, and never for little.</summary>
public sealed class RebalanceStories
{
    [Fact]
    public void Load_that_stays_uneven_is_evened_out_one_move_at_a_time_after_the_hold()
    {
        var story = Lopsided(new RebalancePolicy { Threshold = 0.3, Hold = TimeSpan.FromSeconds(60) });
        var before = new LoadPicture(new PlacementView(story.Cluster)).Imbalance;

        story.Run(50);
        Assert.Equal(0, story.Count<MoveBegun>());
        story.Until(() => story.Count<MoveBegun>() == 1, limit: 30);
        story.Run(50);
        Assert.Equal(1, story.Count<MoveBegun>());
        story.Run(1200);

        Assert.True(new LoadPicture(new PlacementView(story.Cluster)).Imbalance < Math.Min(before, 0.3));
        Assert.All(
            story.Changes.Select(c => c.Change).OfType<MoveBegun>(),
            move => Assert.Equal(MoveCause.Rebalance, move.Note.Cause));
        var moves = story.Count<MoveBegun>();
        story.Run(1200);
        Assert.Equal(moves, story.Count<MoveBegun>());
    }

    [Fact]
    public void Nothing_is_evened_out_unless_the_policy_says_so()
    {
        var story = Lopsided(null);

        story.Run(3000);

        Assert.Equal(0, story.Count<MoveBegun>());
    }

    [Fact]
    public void A_move_that_a_pin_would_like_less_is_not_made()
    {
        var story = Story.Of(2, 1).With(
            StorySpecs.Vm("a", memoryMiB: 1000), StorySpecs.Vm("b", memoryMiB: 1000),
            StorySpecs.Of("home", new PlacementRuleSpec
            {
                Pin = [new("a"), new("b")], To = [new PreferredNode(new NodeName("n1"))],
            }),
            Even(new RebalancePolicy { Threshold = 0.1, Hold = TimeSpan.Zero }));
        Assert.Equal(story.Home("a"), story.Home("b"));

        story.Run(300);

        Assert.Equal(0, story.Count<MoveBegun>());
    }

    [Fact]
    public void A_move_that_only_turns_the_scales_is_not_made()
    {
        var story = Story.Of(2, 1).With(
            StorySpecs.Vm("a", memoryMiB: 3000), Even(new RebalancePolicy { Threshold = 0.1, Hold = TimeSpan.Zero }));

        story.Run(300);

        Assert.Equal(0, story.Count<MoveBegun>());
    }

    [Fact]
    public void A_new_leader_waits_anew()
    {
        var story = Lopsided(new RebalancePolicy { Threshold = 0.3, Hold = TimeSpan.FromSeconds(60) });
        story.Run(50);

        story.RestartController().Run(50);

        Assert.Equal(0, story.Count<MoveBegun>());
        story.Until(() => story.Count<MoveBegun>() == 1, limit: 60);
    }

    /// <summary>Three instances on n1 and none on n2 and n3, and a policy that comes after.</summary>
    internal static Story Lopsided(RebalancePolicy? policy)
    {
        var story = Story.Of(3, 1).With(
            StorySpecs.Vm("a", memoryMiB: 500), StorySpecs.Vm("b", memoryMiB: 500), StorySpecs.Vm("c", memoryMiB: 500),
            StorySpecs.Of("home", new PlacementRuleSpec
            {
                Pin = [new("a"), new("b"), new("c")], To = [new PreferredNode(new NodeName("n1"))],
            }));
        story.Delete("PlacementRule/home");
        Assert.Empty(story.Apply(Even(policy)).Errors);
        return story;
    }

    private static SpecObject Even(RebalancePolicy? policy) => StorySpecs.Of(
        "default", new PolicySpec { Placement = new PlacementPolicy { Rebalance = policy } });
}
