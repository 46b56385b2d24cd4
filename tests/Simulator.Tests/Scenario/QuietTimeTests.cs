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
}
