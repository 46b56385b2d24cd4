using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SPEC 7: pins, together and apart count at every start, and never against a proof.</summary>
public sealed class PlacementRuleStories
{
    [Fact]
    public void A_hard_pin_holds_its_instance_to_its_nodes_and_prefers_the_heavier_one()
    {
        var story = Story.Of(3, 2).With(
            StorySpecs.Vm("a"), Rule("home", Pinned("a", hard: true, ("n4", 1), ("n6", 5))));

        Assert.Equal("n6", story.SeatOf("a")!.Node.Value);
        story.Host("n6").PowerOff();
        story.Until(() => story.SeatOf("a")?.Node.Value == "n4");
        story.Host("n4").PowerOff();
        story.Run(120);

        Assert.Null(story.SeatOf("a"));
    }

    [Fact]
    public void A_soft_pin_is_left_when_its_nodes_are_gone()
    {
        var story = Story.Of(3, 1).With(StorySpecs.Vm("a"), Rule("home", Pinned("a", hard: false, ("n2", 1))));

        Assert.Equal("n2", story.SeatOf("a")!.Node.Value);
        var home = story.Home("a");
        home.PowerOff();

        story.Until(() => story.IsElsewhere("a", home));
    }

    [Fact]
    public void What_belongs_together_moves_together_to_a_node_with_room_for_all()
    {
        var story = Story.Of(3, 1, memoryMiB: 256).With(
            StorySpecs.Vm("filler", memoryMiB: 100), StorySpecs.Vm("a", memoryMiB: 100),
            StorySpecs.Vm("b", memoryMiB: 100), Rule("pair", new PlacementRuleSpec { Together = Names("a", "b") }));
        Assert.Equal(story.SeatOf("a")!.Node, story.SeatOf("b")!.Node);
        var home = story.Home("a");

        home.PowerOff();
        story.Until(() => story.IsElsewhere("a", home) && story.IsElsewhere("b", home));

        Assert.Equal(story.SeatOf("a")!.Node, story.SeatOf("b")!.Node);
        Assert.NotEqual(story.SeatOf("filler")!.Node, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void What_is_to_be_apart_waits_rather_than_share_a_node()
    {
        var story = Story.Of(2, 1).With(
            StorySpecs.Vm("a"), StorySpecs.Vm("b"), Rule("apart", new PlacementRuleSpec { Apart = Names("a", "b") }));
        Assert.NotEqual(story.SeatOf("a")!.Node, story.SeatOf("b")!.Node);
        var home = story.Home("a");

        home.PowerOff();
        story.Run(60);
        Assert.Null(story.SeatOf("a"));

        story.Reboot(home);
        story.Until(() => story.IsReady("a"));
        Assert.NotEqual(story.SeatOf("a")!.Node, story.SeatOf("b")!.Node);
    }

    [Fact]
    public void A_rival_that_is_not_proven_dead_keeps_its_node()
    {
        var story = Story.Of(2, 1).With(
            StorySpecs.Vm("a"), Rule("home", Pinned("a", hard: true, ("n1", 1))));
        var home = story.Home("a");
        home.InventoryIncomplete = true;
        home.GivenUp.Add((new InstanceName("a"), new Generation(1)));
        home.Running.Clear();
        story.Until(() => story.SeatOf("a") is null);

        Assert.Empty(story.Apply(
            StorySpecs.Vm("b"), Rule("apart", new PlacementRuleSpec { Apart = Names("a", "b") }),
            Rule("east", Pinned("b", hard: false, ("n1", 9)))).Errors);
        story.Until(() => story.IsReady("b"));

        Assert.Equal("n2", story.SeatOf("b")!.Node.Value);
    }

    [Fact]
    public void Rules_that_no_placing_can_meet_are_refused_by_name()
    {
        var story = Story.Of(2, 1, memoryMiB: 300).With(
            StorySpecs.Vm("a", memoryMiB: 180), StorySpecs.Vm("b", memoryMiB: 180), StorySpecs.Vm("c"),
            Rule("apart", new PlacementRuleSpec { Apart = Names("a", "c") }),
            Rule("west", Pinned("a", hard: true, ("n1", 1))));

        Assert.Contains("PlacementRule/apart keeps them apart", Refused(new() { Together = Names("a", "c") }));
        Assert.Contains("fit on no node together", Refused(new() { Together = Names("a", "b") }));
        Assert.Contains("PlacementRule/new and PlacementRule/west leave none", Refused(Pinned("a", true, ("n2", 1))));
        Assert.Contains("the cluster has 2 nodes", Refused(new() { Apart = Names("a", "b", "c") }));
        Assert.Contains("no object asks for an instance x", Refused(new() { Apart = Names("a", "x") }));
        Assert.Contains("Node/n9 does not exist", Refused(Pinned("a", hard: false, ("n9", 1))));

        string Refused(PlacementRuleSpec rule) => Assert.Single(story.Apply(Rule("new", rule)).Errors).Reason;
    }

    private static SpecObject Rule(string name, PlacementRuleSpec rule) => StorySpecs.Of(name, rule);

    private static PlacementRuleSpec Pinned(string instance, bool hard, params (string Node, int Weight)[] to) => new()
    {
        Pin = Names(instance), Hard = hard, To = [.. to.Select(t => new PreferredNode(new(t.Node), t.Weight))],
    };

    private static ImmutableArray<InstanceName> Names(params string[] names) =>
        [.. names.Select(name => new InstanceName(name))];
}
