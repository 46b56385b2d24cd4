using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>A node that can be switched off in more than one way: the BMC first, then the outlets of its PDU.</summary>
public sealed class LadderStories
{
    [Fact]
    public void A_BMC_that_went_silent_with_its_node_leads_to_the_outlets_which_prove()
    {
        var (story, home) = Begin();
        home.Cut = true;
        home.Bmc = BmcMood.Dead;
        story.Sighted(home, 6);

        var seconds = story.Until(() => story.IsElsewhere("a", home));

        Assert.Equal([0, 0, 1], Offs(story, home));
        Assert.Equal(NodePhase.Dead, story.PhaseOf(home));
        Assert.InRange(seconds, 12, 25);
        Assert.Contains("rung 2 of", story.Node(home.Name.Value).Why.Message);
        Assert.Contains("fence_pdu", story.Node(home.Name.Value).Why.Message);
        Assert.Contains(story.Ledger.Incidents.Values, i => i.Proof?.Message.Contains("rung 2 of") == true);
        Assert.Contains(story.Events, e => e.Reason.Code == "fenceClimbed" && e.Reason.Evidence.Length > 0);
    }

    [Fact]
    public void A_BMC_that_takes_orders_and_does_nothing_leads_to_the_outlets_too()
    {
        var (story, home) = Begin();
        (home.Cut, home.Bmc) = (true, BmcMood.Lazy);
        story.Sighted(home, 6);

        story.Until(() => story.IsElsewhere("a", home));

        Assert.Equal([0, 0, 1], Offs(story, home));
    }

    [Fact]
    public void A_BMC_that_proves_it_needs_no_outlets()
    {
        var (story, home) = Begin();
        home.Cut = true;
        story.Sighted(home, 6);

        story.Until(() => story.IsElsewhere("a", home));

        Assert.Equal([0], Offs(story, home));
        Assert.Empty(story.Dark);
    }

    [Fact]
    public void Outlets_that_say_Off_while_the_BMC_says_On_are_another_machines_and_prove_nothing()
    {
        var (story, home) = Begin();
        (home.Cut, home.Bmc) = (true, BmcMood.Lazy);
        story.WrongOutlets.Add(home.Name);
        story.Sighted(home, 6);

        story.Run(120);

        Assert.Contains(home.Name, story.Dark);
        Assert.True(home.Powered);
        Assert.NotEqual(NodePhase.Dead, story.PhaseOf(home));
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void Outlets_are_not_believed_before_the_BMC_was_asked_again()
    {
        var (story, home) = Begin();
        home.Cut = true;
        home.Bmc = BmcMood.Dead;
        story.WrongOutlets.Add(home.Name);
        story.Sighted(home, 6);
        story.Until(() => Offs(story, home).Contains(1));
        home.Bmc = BmcMood.Lazy;

        story.Run(60);

        Assert.NotEqual(NodePhase.Dead, story.PhaseOf(home));
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void That_outlets_are_on_says_nothing_against_a_BMC_that_says_Off()
    {
        var (story, home) = Begin();
        home.PowerOff();

        var seconds = story.Until(() => story.IsElsewhere("a", home));

        Assert.InRange(seconds, 2, 5);
        Assert.Empty(Offs(story, home));
    }

    [Fact]
    public void After_the_last_rung_comes_the_first_again()
    {
        var (story, home) = Begin();
        home.Cut = true;
        home.Bmc = BmcMood.Dead;
        story.SilentOutlets.Add(home.Name);
        story.Sighted(home, 6);

        story.Run(200);

        var offs = Offs(story, home);
        Assert.Equal([0, 0, 1, 1, 0, 0, 1, 1], offs.Take(8));
        Assert.Equal(NodePhase.Lost, story.PhaseOf(home));
        home.Bmc = BmcMood.Honest;
        story.Until(() => story.IsElsewhere("a", home));
    }

    [Fact]
    public void A_new_leader_goes_on_at_the_rung_that_was_reached()
    {
        var (story, home) = Begin();
        home.Cut = true;
        home.Bmc = BmcMood.Dead;
        story.SilentOutlets.Add(home.Name);
        story.Sighted(home, 6);
        story.Until(() => Offs(story, home).Contains(1));
        story.Commands.Clear();

        story.RestartController();
        story.Until(() => Offs(story, home).Count > 0);

        Assert.Equal([1], Offs(story, home));
    }

    [Fact]
    public void What_its_outlets_ended_is_switched_on_again_by_them_and_by_its_BMC()
    {
        var (story, home) = Begin();
        home.Cut = true;
        home.Bmc = BmcMood.Dead;
        story.Sighted(home, 6);
        story.Until(() => story.PhaseOf(home) == NodePhase.Dead);
        home.Cut = false;

        story.Until(() => story.PhaseOf(home) == NodePhase.Up, limit: 300);

        Assert.Empty(story.Dark);
        var first = story.Commands.Select(c => c.Command).OfType<PowerOn>().Where(on => on.Node == home.Name).ToList();
        Assert.Equal([(1, 1), (0, 1)], first.Take(2).Select(on => (on.Rung, on.Try)));
    }

    [Fact]
    public void Every_rung_of_a_healthy_node_is_looked_at()
    {
        var (story, home) = Begin();

        story.Run(70);

        var heard = story.Cluster.HeardOf(home.Name);
        Assert.All([0, 1], rung => Assert.Equal(PowerState.On, heard.Rung(rung).Stated?.State));
    }

    [Fact]
    public void Another_method_in_the_place_of_one_begins_anew_and_is_as_little_believed()
    {
        var (story, home) = Begin();
        home.Bmc = BmcMood.SaysOff;
        story.Run(70);
        Assert.True(story.Cluster.HeardOf(home.Name).Rung(0).Lied);

        home.Bmc = BmcMood.Honest;
        FencedNodes.GiveLadder(story, home, "another");
        story.Run(70);

        var rung = story.Cluster.HeardOf(home.Name).Rung(0);
        Assert.Contains("another", rung.Method!.Url);
        Assert.True(rung.Lied);
    }

    internal static Story Climbed()
    {
        var (story, home) = Begin();
        (home.Cut, home.Bmc) = (true, BmcMood.Lazy);
        story.Sighted(home, 6).Until(() => Offs(story, home).Contains(1));
        return story;
    }

    private static List<int> Offs(Story story, SmallHost host) =>
        [.. from sent in story.Commands where sent.Command is PowerOff off && off.Node == host.Name
            select ((PowerOff)sent.Command).Rung];

    private static (Story Story, SmallHost Home) Begin()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        FencedNodes.GiveLadder(story, home, $"{home.Name}-bmc");
        story.Run(1);
        story.Commands.Clear();
        return (story, home);
    }
}
