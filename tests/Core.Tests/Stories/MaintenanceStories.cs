using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SPEC 6 and 8: nodes in maintenance, and nodes that go in good order.</summary>
public sealed class MaintenanceStories
{
    [Fact]
    public void A_drained_node_is_emptied_and_its_instances_come_home_when_it_ends()
    {
        var story = Story.Of(3, 1).With(StorySpecs.Vm("a"), StorySpecs.Vm("b"), StorySpecs.Vm("c"));
        var home = story.Home("a");
        var others = story.Ledger.Instances.Values.Where(i => i.Seat!.Node != home.Name).ToList();

        var outcome = story.Order(id => new DrainOrder(id, home.Name, true, "ann"));
        story.Until(() => story.Node(home.Name.Value).IsSafeToPowerOff);
        story.Until(() => story.IsReady("a"));

        Assert.Contains("1 instance moves away", Assert.Single(outcome.Objects).Message);
        Assert.True(story.IsElsewhere("a", home));
        Assert.Contains("drain", Refusal(story, home));
        story.Order(id => new DrainOrder(id, home.Name, false, "ann"));
        story.Until(() => story.SeatOf("a")?.Node == home.Name && story.IsReady("a"));
        Assert.Null(story.Instance("a").ReturnsTo);
        Assert.All(others, i => Assert.Equal(i.Seat, story.Instance(i.Name.Value).Seat));
    }

    [Fact]
    public void A_node_in_maintenance_that_holds_nothing_may_be_powered_off_and_nobody_judges_it()
    {
        var story = Story.Of(3, 1).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        story.Order(id => new DrainOrder(id, home.Name, true, "ann"));
        story.Until(() => story.Node(home.Name.Value).IsSafeToPowerOff);

        home.PowerOff();
        story.Run(120);

        Assert.Equal(NodePhase.DownByOrder, story.PhaseOf(home));
        Assert.Empty(story.Ledger.Incidents);
        Assert.Equal(0, story.Sent<PowerOff>());
        story.Reboot(home).Until(() => story.PhaseOf(home) == NodePhase.Up);
        Assert.NotNull(story.Node(home.Name.Value).Drain);
        Assert.True(story.IsElsewhere("a", home));
    }

    [Fact]
    public void A_node_that_loses_its_power_before_it_is_empty_is_judged_as_any()
    {
        var story = Story.Of(3, 1).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.KillsSlowly = true;
        story.Order(id => new DrainOrder(id, home.Name, true, "ann"));
        home.PowerOff();

        story.Until(() => story.IsElsewhere("a", home) && story.IsReady("a"));

        Assert.Equal(NodePhase.Dead, story.PhaseOf(home));
    }

    [Fact]
    public void What_no_other_node_can_take_runs_on_and_is_named_before_anything_moves()
    {
        var story = Story.Of(3, 1).With(
            StorySpecs.Vm("a"), StorySpecs.Vm("b"), StorySpecs.Of("home", new PlacementRuleSpec
            {
                Pin = [new("a"), new("b")], To = [new PreferredNode(new NodeName("n2"))], Hard = true,
            }));
        story.Delete("PlacementRule/home");
        story.Apply(StorySpecs.Of("home", new PlacementRuleSpec
        {
            Pin = [new("a")], To = [new PreferredNode(new NodeName("n2"))], Hard = true,
        }));

        var outcome = story.Order(id => new DrainOrder(id, new NodeName("n2"), true, "ann"));
        story.Until(() => story.SeatOf("b") is { } seat && seat.Node.Value != "n2");
        story.Run(60);

        Assert.Contains("no other node can take a", Assert.Single(outcome.Objects).Message);
        Assert.Equal("n2", story.SeatOf("a")!.Node.Value);
        Assert.True(story.IsReady("a"));
        Assert.False(story.Node("n2").IsSafeToPowerOff);
    }

    [Fact]
    public void A_drain_moves_a_few_at_a_time()
    {
        var story = Story.Of(2, 1).With(
            Policy(new MaintenancePolicy { MovesAtOnce = 2 }), Pinned("n1", "a", "b", "c", "d", "e"),
            StorySpecs.Vm("a"), StorySpecs.Vm("b"), StorySpecs.Vm("c"), StorySpecs.Vm("d"), StorySpecs.Vm("e"));
        var most = 0;
        story.Always = _ => most = Math.Max(most, story.Ledger.Instances.Values.Count(i => i.Move is not null
            && i.Seat?.Node.Value == "n1"));
        story.Delete("PlacementRule/home");

        story.Order(id => new DrainOrder(id, new NodeName("n1"), true, "ann"));
        story.Until(() => story.Node("n1").IsSafeToPowerOff);

        Assert.Equal(2, most);
    }

    [Fact]
    public void With_drain_a_node_that_wants_to_reboot_is_let_go_when_it_is_empty_and_gets_its_instances_back()
    {
        var story = Story.Of(3, 1).With(
            StorySpecs.Vm("a"), Policy(new MaintenancePolicy { OnReboot = DeparturePolicy.Drain }));
        var home = story.Home("a");
        home.KillsSlowly = true;

        home.Departing = true;
        story.Run(20);
        Assert.Null(story.Node(home.Name.Value).Departure);
        home.KillsSlowly = false;
        story.Until(() => story.Node(home.Name.Value).Departure is not null);
        Assert.True(story.IsElsewhere("a", home));
        home.PowerOff();
        story.Run(30);
        home.Departing = null;
        story.Reboot(home);

        story.Until(() => story.SeatOf("a")?.Node == home.Name && story.IsReady("a"), limit: 120);
        Assert.Equal(0, story.Sent<PowerOff>());
    }

    [Fact]
    public void With_drain_what_went_down_with_its_node_starts_elsewhere_once_that_is_proven_and_nobody_is_fenced()
    {
        var story = Story.Of(3, 1).With(
            StorySpecs.Vm("a"), Policy(new MaintenancePolicy { OnShutdown = DeparturePolicy.Drain }));
        var home = story.Home("a");
        home.KillsSlowly = true;
        home.Departing = false;
        story.Until(() => story.Node(home.Name.Value).Drain is not null);
        home.Bmc = BmcMood.Dead;
        home.PowerOff();

        story.Run(60);
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
        Assert.Equal(NodePhase.DownByOrder, story.PhaseOf(home));

        home.Bmc = BmcMood.Honest;
        story.Until(() => story.IsElsewhere("a", home) && story.IsReady("a"));
        Assert.Null(story.Instance("a").Move);
        Assert.Equal(0, story.Sent<PowerOff>());
    }

    [Fact]
    public void With_drain_a_node_in_maintenance_that_announces_its_going_and_goes_before_it_is_empty_is_not_fenced()
    {
        var story = Story.Of(3, 1).With(
            StorySpecs.Vm("a"), Policy(new MaintenancePolicy { OnShutdown = DeparturePolicy.Drain }));
        var home = story.Home("a");
        home.KillsSlowly = true;
        story.Order(id => new DrainOrder(id, home.Name, true, "ann"));
        home.Departing = false;
        story.Run(5);
        home.PowerOff();

        story.Until(() => story.IsElsewhere("a", home) && story.IsReady("a"));
        Assert.Equal(0, story.Sent<PowerOff>());
        Assert.Empty(story.Ledger.Incidents);
    }

    [Fact]
    public void With_drain_what_could_not_leave_waits_for_its_node_or_a_proof_and_nobody_is_fenced_for_it()
    {
        var story = Story.Of(3, 1).With(
            StorySpecs.Vm("a"), Policy(new MaintenancePolicy { OnShutdown = DeparturePolicy.Drain }),
            Pinned("n1", "a"));
        var home = story.Host("n1");
        home.Departing = false;
        story.Until(() => story.Node("n1").Departure is not null);
        home.Bmc = BmcMood.Dead;
        home.PowerOff();

        story.Run(1200);
        Assert.Equal(NodePhase.DownByOrder, story.PhaseOf(home));
        Assert.Equal(0, story.Sent<PowerOff>());
        home.Departing = null;
        story.Reboot(home);
        story.Until(() => story.IsReady("a"), limit: 120);
    }

    [Fact]
    public void With_drain_an_empty_node_that_is_shut_down_stays_down_by_its_word_for_good()
    {
        var story = Story.Of(3, 1).With(
            StorySpecs.Vm("a"), Policy(new MaintenancePolicy { OnShutdown = DeparturePolicy.Drain }));
        var home = story.Home("a");
        home.Departing = false;
        story.Until(() => story.Node(home.Name.Value).Departure is not null);
        home.PowerOff();

        story.Run(1200);

        Assert.Equal(NodePhase.DownByOrder, story.PhaseOf(home));
        Assert.Empty(story.Ledger.Incidents);
        Assert.True(story.IsElsewhere("a", home) && story.IsReady("a"));
    }

    [Fact]
    public void A_drain_for_a_departure_that_is_called_off_ends()
    {
        var story = Story.Of(3, 1).With(
            StorySpecs.Vm("a"), Policy(new MaintenancePolicy { OnShutdown = DeparturePolicy.Drain }));
        var home = story.Home("a");
        home.KillsSlowly = true;
        home.Departing = false;
        story.Until(() => story.Node(home.Name.Value).Drain is not null);

        home.Departing = null;
        story.Until(() => story.Node(home.Name.Value).Drain is null);
        home.KillsSlowly = false;

        story.Until(() => story.IsReady("a"));
    }

    [Fact]
    public void With_failover_what_a_departing_node_runs_starts_elsewhere_without_a_verdict_or_a_fence()
    {
        var story = Story.Of(3, 1).With(
            StorySpecs.Vm("a"), Policy(new MaintenancePolicy { OnShutdown = DeparturePolicy.Failover }));
        var home = story.Home("a");

        home.Departing = false;
        story.Until(() => story.IsElsewhere("a", home));
        home.PowerOff();
        story.Run(60);

        Assert.True(story.IsReady("a"));
        Assert.Equal(0, story.Sent<PowerOff>());
        Assert.Empty(story.Ledger.Incidents);
    }

    [Fact]
    public void With_failover_what_went_down_with_its_node_waits_for_the_proof_that_it_is_off()
    {
        var story = Story.Of(3, 1).With(
            StorySpecs.Vm("a"), Policy(new MaintenancePolicy { OnShutdown = DeparturePolicy.Failover }));
        var home = story.Home("a");
        home.KillsSlowly = true;
        home.Departing = false;
        story.Run(2);
        home.Bmc = BmcMood.Dead;
        home.PowerOff();

        story.Run(300);
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
        Assert.Equal(NodePhase.DownByOrder, story.PhaseOf(home));

        home.Bmc = BmcMood.Honest;
        story.Until(() => story.IsElsewhere("a", home) && story.IsReady("a"));
        Assert.Equal(0, story.Sent<PowerOff>());
    }

    internal static SpecObject Policy(MaintenancePolicy policy) =>
        StorySpecs.Of("default", new PolicySpec { Maintenance = policy });

    private static SpecObject Pinned(string node, params string[] instances) =>
        StorySpecs.Of("home", new PlacementRuleSpec
        {
            Pin = [.. instances.Select(i => new InstanceName(i))],
            To = [new PreferredNode(new NodeName(node))],
            Hard = true,
        });

    /// <summary>The filter that keeps instances away from a node.</summary>
    private static string Refusal(Story story, SmallHost host) =>
        Placement.PlacementDecider.Rank(new Placement.PlacementView(story.Cluster), story.Instance("b"))
            .Single(v => v.Node.Name == host.Name).Filter ?? "";
}
