using Havm.Core;
using Havm.Simulator.Scenario.Running;
using Havm.Simulator.World;

namespace Havm.Simulator.Tests.Scenario;

/// <summary>
/// What is left out of quiet time may change nothing: each story is lived twice, once with every moment of it.
/// </summary>
public sealed class QuietTimeTests
{
    public static TheoryData<string> Stories =>
    [
        Plays.Example("isolated-node-is-fenced-then-recovered"),
        Plays.Example("agent-restart-leaves-instances-alone"),
        Plays.Example("operator-move"),
        Plays.Order("frozen-node-isolated"),
        Plays.Order("frozen-longer-than-leases"),
        StoryTexts.RackCut, StoryTexts.LeasesEnd, StoryTexts.LeaderLost, StoryTexts.RebootHeld,
    ];

    [Theory]
    [MemberData(nameof(Stories))]
    public void Leaving_out_what_cannot_change_anything_changes_nothing(string story)
    {
        var every = new PlayOptions { Seed = 7, World = new WorldSettings { LiveEveryMoment = true } };

        Assert.Equal(
            Plays.TraceOf(Plays.Passes(story, every)),
            Plays.TraceOf(Plays.Passes(story, every with { World = new WorldSettings() })));
    }

    /// <summary>One that forgets after each round what it has looked at decides alike.</summary>
    [Theory]
    [MemberData(nameof(Stories))]
    public void Remembering_what_was_followed_decides_the_same_as_following_everything_anew(string story) =>
        Assert.Equal(
            Plays.TraceOf(Plays.Passes(story, new PlayOptions
            {
                Seed = 7,
                Step = (cluster, inputs, now, wall) =>
                    Controller.Step(cluster with { Followed = null, Counted = null }, inputs, now, wall),
            })),
            Plays.TraceOf(Plays.Passes(story, new PlayOptions { Seed = 7 })));
}
