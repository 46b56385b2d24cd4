using Havm.Core.Changes;
using Havm.Core.Placement;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SPEC 5.6: repeated trouble, probation, repair, and what operators say of a node.</summary>
public sealed class NodeLifeStories
{
    private static readonly NodeLifePolicy Usual = new();

    [Fact]
    public void A_node_that_failed_serves_probation_and_is_fit_once_it_has_been_up_for_that_time()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        Fail(story, home);

        var note = story.Node(home.Name.Value).Fitness!;
        Assert.Equal((NodeFitness.Probation, FitnessCause.Automation), (note.Is, note.By));
        Assert.Equal("fitness", Judged(story, "a", home.Name).Filter);
        Assert.Contains($"havm node return {home.Name} --now", Judged(story, "a", home.Name).Refusal);

        var took = story.Until(() => story.Node(home.Name.Value).Fitness is null, 300);
        Assert.InRange(took, Usual.Probation.TotalSeconds - 2, Usual.Probation.TotalSeconds + 2);
        Assert.Null(Judged(story, "a", home.Name).Filter);
        var gone = Assert.Single(story.Node(home.Name.Value).Departures);
        Assert.Equal(DepartureKind.Lost, gone.Kind);
        Assert.NotNull(gone.BackAt);
        Assert.NotNull(gone.Incident);
    }

    [Fact]
    public void Probation_begins_anew_when_its_node_goes_in_it()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var node = story.Hosts.Values.First(h => h != story.Home("a"));
        Fail(story, node);
        story.Run(100);
        node.Cut = true;
        story.Until(() => story.PhaseOf(node) == NodePhase.Lost);
        node.Cut = false;
        story.Until(() => story.PhaseOf(node) == NodePhase.Up);

        story.Run(100);
        Assert.Equal(NodeFitness.Probation, story.Node(node.Name.Value).Fit);
        story.Until(() => story.Node(node.Name.Value).Fitness is null, 30);
    }

    [Fact]
    public void What_no_fit_node_can_take_goes_to_one_in_probation_which_is_said()
    {
        var story = Story.Of(2, 1).With(
            StorySpecs.Of("default", new PolicySpec { NodeLife = Usual with { Probation = TimeSpan.FromMinutes(10) } }),
            StorySpecs.Vm("a", memoryMiB: 2048), StorySpecs.Vm("b", memoryMiB: 2048));
        var (first, second) = (story.Host("n1"), story.Host("n2"));
        Fail(story, first);
        story.Run(150);
        Assert.Equal(NodeFitness.Probation, story.Node("n1").Fit);

        second.PowerOff();
        story.Until(() => story.IsReady("a") && story.IsReady("b") && story.Home("a") == first, 60);

        Assert.Equal(NodeFitness.Probation, story.Node("n1").Fit);
        Assert.Contains("in probation, and no fit node can take", story.SeatOf("a")!.Why.Message);
    }

    [Fact]
    public void Nobody_serves_probation_when_most_nodes_went_together()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"), StorySpecs.Vm("b"));
        foreach (var host in story.Hosts.Values)
        {
            host.PowerOff();
        }

        story.Run(30);
        foreach (var host in story.Hosts.Values)
        {
            story.Reboot(host).Run(5);
        }

        story.Until(() => story.IsReady("a") && story.IsReady("b"));
        Assert.All(story.Ledger.Nodes.Values, node => Assert.Null(node.Fitness));
        Assert.All(story.Ledger.Nodes.Values, node => Assert.All(node.Departures, gone => Assert.False(gone.Counts)));
    }

    [Fact]
    public void Who_came_back_first_of_many_is_excused_when_the_others_turn_out_to_have_gone_too()
    {
        var story = Together();
        Assert.Contains(story.Events, e => e.Name == "departureExcused");
        Assert.All(story.Ledger.Nodes.Values, node => Assert.Null(node.Fitness));
    }

    [Fact]
    public void Three_departures_in_an_hour_lead_to_quarantine_then_probation_and_then_all_is_forgiven()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var node = story.Hosts.Values.First(h => h != story.Home("a"));
        Fail(story, node);
        Fail(story, node);
        Assert.Equal(NodeFitness.Probation, story.Node(node.Name.Value).Fit);
        Fail(story, node);
        story.Run(1);

        var note = story.Node(node.Name.Value).Fitness!;
        Assert.Equal(NodeFitness.Quarantine, note.Is);
        Assert.Equal(3, note.Why.Evidence.Length);
        Assert.Equal(Usual.Quarantine, note.Until - note.Since);

        // No time is lived for this: the deadline is on the wall clock, which survives the controller.
        story.WallShift += Usual.Quarantine;
        story.RestartController().Run(2);
        Assert.Equal(NodeFitness.Probation, story.Node(node.Name.Value).Fit);
        Assert.All(story.Node(node.Name.Value).Departures, gone => Assert.True(gone.Forgiven));
        story.Until(() => story.Node(node.Name.Value).Fitness is null, 300);
    }

    [Fact]
    public void A_node_that_flaps_keeps_what_runs_on_it_and_gets_nothing_new()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"), StorySpecs.Vm("b"));
        var home = story.Home("a");
        for (var i = 0; i < 3; i++)
        {
            home.Cut = true;
            story.Until(() => story.PhaseOf(home) == NodePhase.Lost);
            home.Cut = false;
            story.Until(() => story.PhaseOf(home) == NodePhase.Up);
        }

        story.Run(2);
        Assert.Equal(NodeFitness.Quarantine, story.Node(home.Name.Value).Fit);
        Assert.Equal(home, story.Home("a"));
        Assert.Equal(1, story.Instance("a").Highest.Value);
        story.With(Enumerable.Range(0, 10).Select(i => StorySpecs.Vm($"c{i}")).ToArray());
        Assert.All(Enumerable.Range(0, 10), i => Assert.True(story.IsElsewhere($"c{i}", home)));
    }

    [Fact]
    public void Announced_reboots_and_maintenance_are_no_departures()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var (announces, maintained) = (story.Host("n1"), story.Host("n2"));
        announces.Departing = true;
        story.Run(2);
        announces.PowerOff();
        story.Run(20);
        announces.Departing = null;
        story.Reboot(announces);
        story.Order(id => new DrainOrder(id, maintained.Name, true, "ann"));
        story.Run(5);
        maintained.PowerOff();
        story.Run(20);
        story.Reboot(maintained).Run(20);

        Assert.Empty(story.Node("n1").Departures);
        Assert.Empty(story.Node("n2").Departures);
        Assert.Null(story.Node("n1").Fitness);
    }

    [Fact]
    public void No_more_than_a_quarter_is_in_quarantine_and_what_holds_it_is_said()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var nodes = story.Hosts.Values.Where(h => h != story.Home("a")).Take(2).ToList();
        foreach (var node in nodes)
        {
            Flap(story, node);
        }

        Assert.Equal(NodeFitness.Quarantine, story.Node(nodes[0].Name.Value).Fit);
        Assert.Equal(NodeFitness.Fit, story.Node(nodes[1].Name.Value).Fit);
        var held = Assert.Single(story.Last.Held, h => h.Guard.Code == "quarantineGuard");
        Assert.Contains($"havm node repair {nodes[1].Name}", held.Guard.Message);

        Assert.Empty(story.Order(id => new ReturnOrder(id, nodes[0].Name, false, "ann")).Errors);
        story.Until(() => story.Node(nodes[1].Name.Value).Fit == NodeFitness.Quarantine);
        Assert.Equal(NodeFitness.Probation, story.Node(nodes[0].Name.Value).Fit);
    }

    [Fact]
    public void A_quarantine_ends_early_when_an_instance_would_stay_down_for_it()
    {
        var story = Story.Of(3, 1).With(StorySpecs.Vm("a", memoryMiB: 3000), StorySpecs.Vm("b", memoryMiB: 3000));
        var spare = story.Hosts.Values.Single(h => h != story.Home("a") && h != story.Home("b"));
        Flap(story, spare);
        Assert.Equal(NodeFitness.Quarantine, story.Node(spare.Name.Value).Fit);

        story.Home("a").PowerOff();
        story.Until(() => story.SeatOf("a")?.Node == spare.Name && story.IsReady("a"), 60);

        Assert.Equal(NodeFitness.Probation, story.Node(spare.Name.Value).Fit);
        Assert.Contains(
            story.Events, e => e.Reason.Message.Contains("leaves quarantine early", StringComparison.Ordinal));
    }

    [Fact]
    public void A_node_due_for_quarantine_is_spared_while_only_it_can_take_what_waits()
    {
        var story = Story.Of(3, 1).With(
            StorySpecs.Of("default", new PolicySpec { NodeLife = Usual with { Departures = 2, Probation = default } }),
            StorySpecs.Vm("a", memoryMiB: 3000), StorySpecs.Vm("b", memoryMiB: 3000));
        var spare = story.Hosts.Values.Single(h => h != story.Home("a") && h != story.Home("b"));
        Fail(story, spare);
        spare.PowerOff();
        story.Until(() => story.PhaseOf(spare) == NodePhase.Dead);
        Assert.Empty(story.Apply(StorySpecs.Vm("c", memoryMiB: 3000)).Errors);
        story.Run(2);
        Assert.Null(story.SeatOf("c"));

        story.Reboot(spare);
        story.Until(() => story.IsReady("c"));

        Assert.Equal(spare, story.Home("c"));
        story.Until(() => story.Node(spare.Name.Value).Fit == NodeFitness.Quarantine);
        Assert.True(story.IsReady("c"));
    }

    [Fact]
    public void Out_for_repair_keeps_seats_and_power_away_until_an_operator_gives_the_node_back()
    {
        var (story, home) = FencedNodes.Hung();
        Assert.Empty(story.Order(id => new RepairOrder(id, home.Name, "fan 2 is loud", false, "ann")).Errors);
        story.Run(60);

        Assert.Equal(NodePhase.Dead, story.PhaseOf(home));
        Assert.True(story.IsElsewhere("a", home));
        Assert.Equal(0, story.Sent<PowerOn>());
        Assert.Contains("fan 2 is loud", story.Node(home.Name.Value).Fitness!.Why.Message);

        Assert.Empty(story.Order(id => new ReturnOrder(id, home.Name, false, "ann")).Errors);
        story.Until(() => story.PhaseOf(home) == NodePhase.Up);
        Assert.Equal(1, story.Sent<PowerOn>());
        Assert.Equal(NodeFitness.Probation, story.Node(home.Name.Value).Fit);
        story.Until(() => story.Node(home.Name.Value).Fitness is null, 300);
    }

    [Fact]
    public void A_node_that_cannot_be_powered_on_is_out_for_repair()
    {
        var (story, home) = FencedNodes.Dark();
        story.Until(() => story.Node(home.Name.Value).Fit == NodeFitness.OutForRepair, 300);
        Assert.Equal(FitnessCause.Automation, story.Node(home.Name.Value).Fitness!.By);

        home.NeverBoots = false;
        var given = story.Order(id => new ReturnOrder(id, home.Name, true, "ann"));
        Assert.Contains("at once", Assert.Single(given.Objects).Message);
        story.Until(() => story.PhaseOf(home) == NodePhase.Up, 60);
    }

    [Fact]
    public void A_repair_that_drains_empties_the_node_and_return_ends_both()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        Assert.Empty(story.Order(id => new RepairOrder(id, home.Name, "a disk is old", true, "ann")).Errors);
        story.Until(() => story.IsElsewhere("a", home) && story.IsReady("a"));

        Assert.Empty(story.Order(id => new ReturnOrder(id, home.Name, true, "ann")).Errors);
        Assert.Null(story.Node(home.Name.Value).Fitness);
        Assert.Null(story.Node(home.Name.Value).Drain);
    }

    [Fact]
    public void Only_an_empty_node_is_retired_and_then_it_gets_nothing()
    {
        var story = Story.Of(2, 1).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        var other = story.Hosts.Values.Single(h => h != home);
        var refused = Assert.Single(story.Order(id => new RetireOrder(id, home.Name, "ann")).Errors);
        Assert.Contains("a", refused.Reason);

        Assert.Empty(story.Order(id => new RetireOrder(id, other.Name, "ann")).Errors);
        Assert.Equal("fitness", Judged(story, "a", other.Name).Filter);
        Assert.Equal(NodeFitness.Retired, story.Node(other.Name.Value).Fit);
        Assert.Equal(ObjectChange.Unchanged,
            Assert.Single(story.Order(id => new RetireOrder(id, other.Name, "ann")).Objects).Change);
    }

    [Fact]
    public void Orders_that_change_nothing_or_name_nothing_say_so()
    {
        var story = Story.Of(2, 1);
        var absent = new NodeName("n9");
        Assert.NotEmpty(story.Order(id => new RepairOrder(id, absent, "x", false, "ann")).Errors);
        Assert.NotEmpty(story.Order(id => new ReturnOrder(id, absent, false, "ann")).Errors);
        Assert.NotEmpty(story.Order(id => new RetireOrder(id, absent, "ann")).Errors);
        Assert.NotEmpty(story.Order(id => new RepairOrder(id, new NodeName("n1"), " ", false, "ann")).Errors);
        Assert.Equal(ObjectChange.Unchanged,
            Assert.Single(story.Order(id => new ReturnOrder(id, new NodeName("n1"), false, "ann")).Objects).Change);
    }

    [Fact]
    public void While_automation_is_disarmed_no_node_is_put_anywhere_by_itself()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var node = story.Hosts.Values.First(h => h != story.Home("a"));
        story.Order(id => new DisarmOrder(id, AutomationMode.Freeze, TimeSpan.FromMinutes(10), "ann"));
        node.PowerOff();
        story.Run(20);
        story.Reboot(node).Run(20);
        Assert.Null(story.Node(node.Name.Value).Fitness);

        story.Order(id => new ArmOrder(id, "ann"));
        story.Until(() => story.Node(node.Name.Value).Fit == NodeFitness.Probation);
    }

    /// <summary>All nodes are begun anew, so fast that nobody judges their silence.</summary>
    internal static Story Together()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        foreach (var host in story.Hosts.Values)
        {
            story.Reboot(host).Run(2);
        }

        return story;
    }

    /// <summary>It loses its power, is held for dead, and is switched on again.</summary>
    private static void Fail(Story story, SmallHost host)
    {
        host.PowerOff();
        story.Until(() => story.PhaseOf(host) == NodePhase.Dead);
        story.Run(5).Reboot(host);
        story.Until(() => story.PhaseOf(host) == NodePhase.Up);
    }

    /// <summary>Its cable is out three times, for long enough to be judged.</summary>
    private static void Flap(Story story, SmallHost host)
    {
        for (var i = 0; i < 3; i++)
        {
            host.Cut = true;
            story.Until(() => story.PhaseOf(host) == NodePhase.Lost);
            host.Cut = false;
            story.Until(() => story.PhaseOf(host) == NodePhase.Up);
            story.Run(150);
        }
    }

    /// <summary>What placement would say of a node, were the instance to be placed anew.</summary>
    private static PlacementDecider.Verdict Judged(Story story, string instance, NodeName node)
    {
        var without = story.Cluster with
        {
            Ledger = story.Ledger with { Instances = story.Ledger.Instances.Remove(new InstanceName(instance)) },
        };
        return PlacementDecider.Rank(new PlacementView(without), story.Instance(instance))
            .Single(verdict => verdict.Node.Name == node);
    }
}
