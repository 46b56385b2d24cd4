using Havm.Core.Changes;
using Havm.Core.Fencing;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SAFETY 5.2: the BMC's word, and what it is worth.</summary>
public sealed class PowerCutStories
{
    [Fact]
    public void A_power_cut_is_proven_by_two_Off_readings_and_the_VM_starts_elsewhere_in_the_same_round_at_the_next_generation()
    {
        var story = Story.Of(racks: 3, nodesPerRack: 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");

        home.PowerOff();
        var seconds = story.Until(() => story.IsElsewhere("a", home));

        Assert.InRange(seconds, 2, 4);
        Assert.Equal(2, story.SeatOf("a")!.Generation.Value);
        Assert.Equal(NodePhase.Dead, story.PhaseOf(home));
        Assert.Contains(story.Last.Changes, c => c is NodeProvenDead);
        Assert.Contains(story.Last.Changes, c => c is SeatProvenDead { Proof.Method: ProofMethod.NodeOff });
        Assert.Equal(0, story.Sent<PowerOff>());
    }
}
