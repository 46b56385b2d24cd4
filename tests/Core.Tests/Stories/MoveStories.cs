using Havm.Core.Changes;
using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>
/// SPEC 6 and 7: an instance that runs is moved cold, by order or by rule, and never runs twice for it.
/// </summary>
public sealed class MoveStories
{
    [Fact]
    public void An_ordered_move_shuts_down_first_and_starts_there_once_that_is_proven()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        var to = story.Hosts.Values.First(h => h != home);

        Assert.Empty(story.Order(id => new MoveOrder(id, new InstanceName("a"), to.Name, "ann")).Errors);
        Assert.Equal(InstancePhase.Moving, InstanceMachine.PhaseOf(story.Cluster, story.Instance("a")));
        story.Until(() => story.IsReady("a"));

        Assert.Equal(to.Name, story.SeatOf("a")!.Node);
        Assert.Equal(
            ["moveBegun", "seatWithdrawn", "seatProvenDead", "seatTaken"],
            story.Events.Select(e => e.Name).SkipWhile(name => name != "moveBegun"));
        Assert.Null(story.Instance("a").Move);
    }

    [Fact]
    public void What_shares_its_node_by_a_rule_moves_with_it()
    {
        var story = Story.Of(3, 1).With(
            StorySpecs.Vm("a"), StorySpecs.Vm("b"),
            StorySpecs.Of("pair", new PlacementRuleSpec { Together = [new("a"), new("b")] }));
        var to = story.Hosts.Values.First(h => h != story.Home("a"));

        var outcome = story.Order(id => new MoveOrder(id, new InstanceName("a"), to.Name, "ann"));

        Assert.Equal(["Instance/a", "Instance/b"], outcome.Objects.Select(o => o.Object));
        story.Until(() => story.IsReady("a") && story.IsReady("b"));
        Assert.Equal([to.Name, to.Name], [story.SeatOf("a")!.Node, story.SeatOf("b")!.Node]);
    }

    [Fact]
    public void A_move_to_a_node_that_a_filter_refuses_is_refused_with_its_words_and_nothing_stops()
    {
        var story = Story.Of(3, 1).With(
            StorySpecs.Vm("a"), Pin("a", hard: true, ("n1", 1), ("n2", 1)));
        var home = story.Home("a");

        var pinned = story.Order(id => new MoveOrder(id, new InstanceName("a"), new NodeName("n3"), "ann"));
        var nowhere = story.Order(id => new MoveOrder(id, new InstanceName("a"), new NodeName("n9"), "ann"));

        Assert.Contains("PlacementRule/home", Assert.Single(pinned.Errors).Reason);
        Assert.Contains("does not exist", Assert.Single(nowhere.Errors).Reason);
        story.Run(30);
        Assert.Equal(home, story.Home("a"));
        Assert.Equal(0, story.Count<MoveBegun>());
    }

    [Fact]
    public void A_target_that_dies_meanwhile_leaves_the_instance_to_another_node()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        var to = story.Hosts.Values.First(h => h != home);
        home.KillsSlowly = true;

        story.Order(id => new MoveOrder(id, new InstanceName("a"), to.Name, "ann"));
        to.PowerOff();
        story.Until(() => story.Node(to.Name.Value).Phase == NodePhase.Dead);
        home.KillsSlowly = false;

        story.Until(() => story.IsReady("a"));
        Assert.NotEqual(to.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void A_source_that_falls_silent_during_the_move_is_proven_dead_before_anything_starts()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        var to = story.Hosts.Values.First(h => h != home);
        home.KillsSlowly = true;
        story.Order(id => new MoveOrder(id, new InstanceName("a"), to.Name, "ann"));
        (home.Cut, home.Bmc) = (true, BmcMood.Dead);

        story.Run(120);
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
        home.Bmc = BmcMood.Honest;
        story.Sighted(home, 6).Until(() => story.IsReady("a"), limit: 300);

        Assert.Equal(to.Name, story.SeatOf("a")!.Node);
        Assert.NotEqual(0, story.Sent<PowerOff>(home));
    }

    [Fact]
    public void A_stop_order_ends_a_move()
    {
        var story = Story.Of(3, 1).With(StorySpecs.Vm("a"));
        var to = story.Hosts.Values.First(h => h != story.Home("a"));
        story.Order(id => new MoveOrder(id, new InstanceName("a"), to.Name, "ann"));

        story.Order(id => new InstanceOrder(id, new InstanceName("a"), InstanceVerb.Stop, "ann"));
        story.Until(() => story.SeatOf("a") is null && story.Instance("a").Unproven.IsEmpty);

        Assert.Null(story.Instance("a").Move);
        Assert.Equal(InstancePhase.Stopped, InstanceMachine.PhaseOf(story.Cluster, story.Instance("a")));
    }

    [Fact]
    public void Where_a_stopped_instance_starts_next_can_be_ordered_where_the_policy_keeps_places()
    {
        var story = Sent(out var outcome);

        story.Order(id => new InstanceOrder(id, new InstanceName("a"), InstanceVerb.Start, "ann"));
        story.Until(() => story.IsReady("a"));

        Assert.Empty(outcome.Errors);
        Assert.Equal("n3", story.SeatOf("a")!.Node.Value);
    }

    [Fact]
    public void An_instance_whose_home_leaves_the_cluster_stays_where_it_is()
    {
        var story = Emigrated();

        story.Run(120);

        Assert.Null(story.Instance("a").ReturnsTo);
        Assert.True(story.IsReady("a"));
    }

    /// <summary>Moved away for maintenance, and its node was deleted meanwhile.</summary>
    internal static Story Emigrated()
    {
        var story = Story.Of(3, 1).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        story.Order(id => new DrainOrder(id, home.Name, true, "ann"));
        story.Until(() => story.Node(home.Name.Value).IsSafeToPowerOff && story.IsReady("a"));
        Assert.Equal(home.Name, story.Instance("a").ReturnsTo);
        Assert.Empty(story.Delete($"Node/{home.Name}").Errors);
        return story;
    }

    [Fact]
    public void What_prefers_a_node_goes_back_to_it_only_where_failback_is_on_and_the_node_is_up_for_a_while()
    {
        var story = Story.Of(3, 1).With(
            StorySpecs.Of("default", new PolicySpec { NodeLife = new() { Probation = TimeSpan.Zero } }),
            StorySpecs.Vm("stays"), Failback("back"),
            StorySpecs.Of("home", new PlacementRuleSpec
            {
                Pin = [new("back"), new("stays")], To = [new PreferredNode(new NodeName("n2"), 5)],
            }));
        var home = story.Host("n2");
        Assert.Equal((home, home), (story.Home("back"), story.Home("stays")));
        home.PowerOff();
        story.Until(() => story.IsElsewhere("back", home) && story.IsElsewhere("stays", home));
        story.Until(() => story.IsReady("back") && story.IsReady("stays"));

        story.Reboot(home).Run(50);
        Assert.Equal(0, story.Count<MoveBegun>());
        story.Until(() => story.SeatOf("back")?.Node == home.Name, limit: 60);

        story.Run(120);
        Assert.True(story.IsElsewhere("stays", home));
        Assert.Equal(1, story.Count<MoveBegun>());
    }

    [Fact]
    public void A_node_on_which_it_failed_to_start_is_not_gone_back_to_for_an_hour()
    {
        var story = Story.Of(3, 1).With(Failback("a"), Pin("a", hard: false, ("n2", 5)));
        var home = story.Home("a");
        home.GivenUp.Add((new InstanceName("a"), story.SeatOf("a")!.Generation));
        home.Running.Clear();
        story.Until(() => story.IsElsewhere("a", home) && story.IsReady("a"));

        story.Run(3000);
        Assert.Equal(0, story.Count<MoveBegun>());

        story.Until(() => story.SeatOf("a")?.Node == home.Name, limit: 900);
    }

    [Fact]
    public void A_hard_rule_that_comes_later_moves_what_breaks_it()
    {
        var story = Story.Of(3, 1).With(StorySpecs.Vm("a"), StorySpecs.Vm("b"), Pin("a", hard: true, ("n1", 1)));
        story.Apply(StorySpecs.Of("home", new PlacementRuleSpec
        {
            Pin = [new("a")], To = [new PreferredNode(new NodeName("n3"))], Hard = true,
        }));

        story.Until(() => story.SeatOf("a")?.Node.Value == "n3" && story.IsReady("a"));

        Assert.Equal(MoveCause.Rule, story.Changes.Select(c => c.Change).OfType<MoveBegun>().Single().Note.Cause);
    }

    [Fact]
    public void Of_two_that_are_to_be_apart_one_moves_and_what_is_to_be_together_meets_where_most_of_it_is()
    {
        var story = Story.Of(3, 1).With(
            StorySpecs.Vm("a"), StorySpecs.Vm("b"), StorySpecs.Vm("c"), Pin("a", hard: true, ("n1", 1)),
            StorySpecs.Of("two", new PlacementRuleSpec
            {
                Pin = [new("b"), new("c")], To = [new PreferredNode(new NodeName("n1"))], Hard = true,
            }));
        Assert.Equal(["n1", "n1", "n1"], Places(story, "a", "b", "c"));

        story.Delete("PlacementRule/two");
        story.Apply(StorySpecs.Of("apart", new PlacementRuleSpec { Apart = [new("a"), new("b")] }));
        story.Until(() => story.SeatOf("b") is { } seat && seat.Node.Value != "n1" && story.IsReady("b"));
        Assert.Equal(["n1", "n1"], Places(story, "a", "c"));

        story.Delete("PlacementRule/apart");
        story.Apply(StorySpecs.Of("one", new PlacementRuleSpec { Together = [new("a"), new("b"), new("c")] }));
        story.Until(() => Places(story, "a", "b", "c").SequenceEqual(["n1", "n1", "n1"]));
        Assert.Equal(["b", "b"], story.Changes.Select(c => c.Change).OfType<MoveBegun>().Select(m => m.Name.Value));
    }

    [Fact]
    public void A_move_of_automation_waits_while_another_member_of_the_set_does_not_run()
    {
        var story = Story.Of(3, 1).With(
            StorySpecs.Set("web", 3), StorySpecs.Vm("a", set: "web"), StorySpecs.Vm("b", set: "web"));
        var broken = story.Home("b");
        broken.Bmc = BmcMood.Dead;
        broken.Cut = true;
        story.Until(() => story.PhaseOf(broken) == NodePhase.Lost);
        var home = story.Home("a");
        var other = story.Hosts.Values.First(h => h != home && h != broken);

        story.Order(id => new DrainOrder(id, home.Name, true, "ann"));
        story.Run(30);
        Assert.Contains(story.Last.Held, h => h.Guard.Code == "disruptionGuard");
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);

        Assert.Empty(story.Order(id => new MoveOrder(id, new InstanceName("a"), other.Name, "ann")).Errors);
        story.Until(() => story.IsReady("a") && story.SeatOf("a")!.Node == other.Name);
    }

    [Fact]
    public void Members_of_a_set_that_a_rule_binds_to_one_node_leave_it_as_one()
    {
        var story = Story.Of(3, 1).With(
            StorySpecs.Set("web", 3), StorySpecs.Vm("a", set: "web"), StorySpecs.Vm("b", set: "web"),
            StorySpecs.Of("pair", new PlacementRuleSpec { Together = [new("a"), new("b")] }));
        var home = story.Home("a");

        story.Order(id => new DrainOrder(id, home.Name, true, "ann"));
        story.Until(() => story.IsElsewhere("b", home) && story.IsReady("a") && story.IsReady("b"));

        Assert.Equal(story.SeatOf("a")!.Node, story.SeatOf("b")!.Node);
        Assert.Equal(2, story.Count<MoveBegun>());
    }

    /// <summary>Stopped, and sent to n3 for its next start.</summary>
    internal static Story Sent(out OrderOutcome outcome)
    {
        var story = Story.Of(3, 1).With(StorySpecs.Vm("a"), Policy(new PlacementPolicy { AtStart = StartPlace.Last }));
        story.Order(id => new InstanceOrder(id, new InstanceName("a"), InstanceVerb.Stop, "ann"));
        story.Until(() => story.SeatOf("a") is null && story.Instance("a").Unproven.IsEmpty);
        outcome = story.Order(id => new MoveOrder(id, new InstanceName("a"), new NodeName("n3"), "ann"));
        return story;
    }

    private static SpecObject Failback(string name) => StorySpecs.Of(
        name, new VirtualMachineSpec { Template = StorySpecs.Template() with { Failback = true } });

    private static SpecObject Policy(PlacementPolicy policy) =>
        StorySpecs.Of("default", new PolicySpec { Placement = policy });

    private static SpecObject Pin(string instance, bool hard, params (string Node, int Weight)[] to) =>
        StorySpecs.Of("home", new PlacementRuleSpec
        {
            Pin = [new InstanceName(instance)],
            To = [.. to.Select(t => new PreferredNode(new NodeName(t.Node), t.Weight))],
            Hard = hard,
        });

    private static string[] Places(Story story, params string[] instances) =>
        [.. instances.Select(name => story.SeatOf(name)?.Node.Value ?? "none")];
}
