using Havm.Core.Host.Watch;
using Havm.Model;

namespace Havm.Core.Tests.Host;

public sealed class ReachWatchTests
{
    private static Instant At(double seconds) => Instant.FromSeconds(seconds);

    [Fact]
    public void An_address_counts_for_a_moment_after_its_answer_and_is_silent_after_thirty_seconds()
    {
        var watch = new ReachWatch();
        watch.Spoke(At(0), "c1", ["10.0.0.1", "10.0.0.2"]);
        watch.Answered(At(10), "10.0.0.1");

        Assert.Equal(["10.0.0.1"], watch.Reach(At(11.25)).Answering);
        Assert.Empty(watch.Reach(At(11.3)).Answering);
        Assert.Empty(watch.Reach(At(29.9)).Silent);
        Assert.Equal(["10.0.0.2"], watch.Reach(At(30)).Silent);
        Assert.Equal(["10.0.0.1", "10.0.0.2"], watch.Reach(At(40)).Silent);
    }

    [Fact]
    public void A_controller_counts_for_a_moment_after_it_answered()
    {
        var watch = new ReachWatch();
        watch.Spoke(At(0), "c1", null);
        watch.Spoke(At(1), "c2", null);

        Assert.Equal(["c1", "c2"], watch.Reach(At(1.25)).Controllers);
        Assert.Equal(["c2"], watch.Reach(At(2)).Controllers);
        Assert.False(watch.Reach(At(4)).IsSome);
    }

    [Fact]
    public void Addresses_change_with_the_policy_and_a_controller_that_does_not_lead_names_none()
    {
        var watch = new ReachWatch();
        watch.Spoke(At(0), "c1", ["10.0.0.1", "10.0.0.2"]);
        watch.Spoke(At(1), "c2", null);
        Assert.Equal(["10.0.0.1", "10.0.0.2"], watch.Addresses);

        watch.Answered(At(20), "10.0.0.2");
        watch.Spoke(At(20), "c1", ["10.0.0.2", "10.0.0.3"]);
        Assert.Equal(["10.0.0.2", "10.0.0.3"], watch.Addresses);
        Assert.Equal(["10.0.0.2"], watch.Reach(At(21)).Answering);
        Assert.Empty(watch.Reach(At(49)).Silent);

        watch.Answered(At(50), "10.0.0.1");
        Assert.DoesNotContain("10.0.0.1", watch.Reach(At(50)).Answering);
    }
}
