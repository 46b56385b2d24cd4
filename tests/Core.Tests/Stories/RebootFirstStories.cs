using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SPEC 5.5: reboot first, restart in place, and elsewhere when the node does not come back.</summary>
public sealed class RebootFirstStories
{
    private static readonly PolicySpec First = new()
    {
        Recovery = new() { Mode = RecoveryMode.RebootFirst, RebootWait = TimeSpan.FromMinutes(5) },
    };

    [Fact]
    public void A_node_without_power_is_powered_on_and_its_instance_starts_there_again_with_a_new_seat()
    {
        var (story, home) = Cut(First);
        Assert.Null(story.SeatOf("a"));
        Assert.Contains($"waits for {home.Name}", story.Instance("a").Awaits!.Why.Message);

        story.Until(() => story.IsReady("a"), 60);

        Assert.Equal(home, story.Home("a"));
        Assert.Equal(2, story.Instance("a").Highest.Value);
        Assert.Equal(1, story.Sent<PowerOn>(home));
        Assert.Contains("waited for it", story.SeatOf("a")!.Why.Message);
        Assert.Null(story.Instance("a").Awaits);
    }

    [Fact]
    public void Nothing_is_awaited_or_started_before_the_node_is_proven_off()
    {
        var story = Of(First);
        var home = story.Home("a");
        home.Bmc = BmcMood.Dead;
        home.PowerOff();
        story.Run(120);

        Assert.NotEqual(NodePhase.Dead, story.PhaseOf(home));
        Assert.Equal(home, story.Home("a"));
        Assert.Equal(0, story.Count<RestartAwaited>());
        Assert.Equal(0, story.Sent<PowerOn>());
    }

    [Fact]
    public void It_starts_elsewhere_when_the_node_is_not_back_in_time()
    {
        var (story, home) = Cut(First with { Recovery = First.Recovery with { RebootWait = TimeSpan.FromMinutes(1) } });
        home.NeverBoots = true;
        var waited = story.Until(() => story.SeatOf("a") is not null, 120);

        Assert.InRange(waited, 55, 62);
        Assert.True(story.IsElsewhere("a", home));
        Assert.Contains(story.Events, e => e.Name == "restartAwaitEnded");
    }

    [Fact]
    public void It_starts_elsewhere_as_soon_as_powering_on_is_given_up()
    {
        var (story, home) = Cut(First with { Recovery = First.Recovery with { RebootWait = TimeSpan.FromHours(2) } });
        home.NeverBoots = true;
        story.Until(() => story.SeatOf("a") is not null, 300);
        Assert.True(story.Happened("powerOnGivenUp"));
        Assert.True(story.IsElsewhere("a", home));
    }

    [Theory]
    [InlineData("cordon")]
    [InlineData("drain")]
    [InlineData("repair")]
    [InlineData("start")]
    public void An_operator_s_word_ends_the_wait(string word)
    {
        var (story, home) = Cut(First);
        home.NeverBoots = true;
        Assert.Empty(story.Order(id => word switch
        {
            "cordon" => new CordonOrder(id, home.Name, true, "ann"),
            "drain" => new DrainOrder(id, home.Name, true, "ann"),
            "repair" => new RepairOrder(id, home.Name, "it smells", false, "ann"),
            _ => new InstanceOrder(id, new InstanceName("a"), InstanceVerb.Start, "ann"),
        }).Errors);

        story.Until(() => story.IsReady("a"), 20);
        Assert.True(story.IsElsewhere("a", home));
    }

    [Fact]
    public void An_instance_may_say_otherwise_than_the_cluster()
    {
        var story = Of(First, StorySpecs.Of("b", new VirtualMachineSpec
        {
            Template = StorySpecs.Template() with { Recovery = RecoveryMode.RecoverFirst },
        }));
        var home = story.Home("b");
        home.PowerOff();
        story.Until(() => story.PhaseOf(home) == NodePhase.Dead);
        story.Until(() => story.IsElsewhere("b", home) && story.IsReady("b"), 20);
        Assert.Equal(RecoveryMode.RebootFirst, story.Instance("a").Recovery);
    }

    [Fact]
    public void What_an_operator_confirmed_dead_is_not_waited_for()
    {
        var story = Of(First);
        var home = story.Home("a");
        home.Bmc = BmcMood.Dead;
        home.PowerOff();
        story.Run(30);
        Assert.Empty(story.Order(id => new ConfirmDeadOrder(id, home.Name, home.Boot, "ann")).Errors);
        story.Until(() => story.IsReady("a"), 20);
        Assert.True(story.IsElsewhere("a", home));
    }

    [Fact]
    public void A_wait_survives_the_controller()
    {
        var (story, home) = Cut(First);
        story.RestartController();
        story.Until(() => story.IsReady("a"), 90);
        Assert.Equal(home, story.Home("a"));
    }

    [Fact]
    public void Nobody_waits_for_a_node_in_quarantine()
    {
        var story = Of(First with { NodeLife = new() { Departures = 2, Within = TimeSpan.FromHours(5) } });
        var home = story.Home("a");
        for (var i = 0; i < 2; i++)
        {
            home.PowerOff();
            story.Until(() => story.PhaseOf(home) == NodePhase.Dead);
            story.Until(() => story.IsReady("a") && story.PhaseOf(home) == NodePhase.Up, 60);
            story.Run(150);
        }

        Assert.Equal(NodeFitness.Quarantine, story.Node(home.Name.Value).Fit);
        Assert.Equal(home, story.Home("a"));
        home.PowerOff();
        story.Until(() => story.IsElsewhere("a", home) && story.IsReady("a"), 60);
    }

    /// <summary>An instance waits for its node, and does not any more.</summary>
    internal static Story Cordoned()
    {
        var (story, home) = Cut(First);
        story.Order(id => new CordonOrder(id, home.Name, true, "ann"));
        return story.Run(2);
    }

    private static (Story Story, SmallHost Home) Cut(PolicySpec policy)
    {
        var story = Of(policy);
        var home = story.Home("a");
        home.PowerOff();
        story.Until(() => story.PhaseOf(home) == NodePhase.Dead);
        return (story, home);
    }

    private static Story Of(PolicySpec policy, params SpecObject[] more) =>
        Story.Of(3, 2).With([StorySpecs.Of("default", policy), StorySpecs.Vm("a"), .. more]);
}
