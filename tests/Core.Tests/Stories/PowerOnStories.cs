using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Core.Recovery;
using Havm.Model;
using static Havm.Core.Tests.Stories.FencedNodes;

namespace Havm.Core.Tests.Stories;

/// <summary>SPEC 5.5: fence, recover elsewhere, and bring the fenced node back meanwhile.</summary>
public sealed class PowerOnStories
{
    private const double Boots = 30;

    [Fact]
    public void A_node_that_we_fenced_is_powered_on_as_soon_as_it_is_proven_dead_and_comes_back_by_itself()
    {
        var (story, home) = Hung();
        story.Until(() => story.PhaseOf(home) == NodePhase.Dead);
        Assert.True(home.OffByOrder);
        Assert.Equal(1, story.Sent<PowerOn>(home));
        Assert.Contains(story.Last.Changes, c => c is NodeProvenDead);

        story.Until(() => story.PhaseOf(home) == NodePhase.Up, Boots);

        Assert.Equal(new BootId($"{home.Name}-boot-2"), story.Node(home.Name.Value).Boot);
        Assert.Null(story.Node(home.Name.Value).PowerOn);
        Assert.Null(PowerOnDecider.Outlook(story.Node(home.Name.Value)));
        Assert.True(story.IsElsewhere("a", home));
        Assert.Equal(1, story.Sent<PowerOn>());
        Assert.True(story.Happened("powerOnOrdered"));
    }

    [Fact]
    public void A_cordoned_node_is_not_switched_on_which_is_told_once_and_uncordon_lets_it_go_on()
    {
        var (story, home) = Hung();
        Assert.Empty(story.Order(id => new CordonOrder(id, home.Name, true, "ann")).Errors);

        story.Run(300);

        Assert.Equal(NodePhase.Dead, story.PhaseOf(home));
        Assert.Equal(0, story.Sent<PowerOn>());
        Assert.Equal(1, story.Count<PowerOnHeld>());
        Assert.Contains($"havm node uncordon {home.Name}",
            PowerOnDecider.Outlook(story.Node(home.Name.Value))!.Message);

        Assert.Empty(story.Order(id => new CordonOrder(id, home.Name, false, "ann")).Errors);
        story.Until(() => story.PhaseOf(home) == NodePhase.Up, Boots);
        Assert.Equal(1, story.Sent<PowerOn>());
    }

    [Fact]
    public void A_cordon_between_two_tries_holds_the_next_and_uncordon_does_not_give_more_than_three()
    {
        var (story, home) = Dark();
        story.Until(() => story.Sent<PowerOn>() == 2);
        story.Order(id => new CordonOrder(id, home.Name, true, "ann"));
        story.Run(300);
        Assert.Equal(2, story.Sent<PowerOn>());

        story.Order(id => new CordonOrder(id, home.Name, false, "ann"));
        Assert.Equal("powerOnOrdered", PowerOnDecider.Outlook(story.Node(home.Name.Value))!.Code);
        story.Run(300);

        Assert.Equal(3, story.Sent<PowerOn>());
        Assert.Equal(1, story.Count<PowerOnGivenUp>());
    }

    [Fact]
    public void A_machine_that_stays_off_gets_three_orders_a_minute_apart_and_then_a_person_is_told_once()
    {
        var (story, home) = Dark();

        story.Until(() => story.Count<PowerOnGivenUp>() > 0, 300);
        story.Run(2000);

        var at = story.Commands.Where(c => c.Command is PowerOn).Select(c => c.At).ToList();
        Assert.Equal(3, at.Count);
        Assert.InRange((at[1] - at[0]).TotalSeconds, 60, 61);
        Assert.InRange((at[2] - at[1]).TotalSeconds, 60, 61);
        Assert.Equal(1, story.Count<PowerOnGivenUp>());
        var told = Assert.Single(story.Events, e => e.Name == "powerOnGivenUp").Reason;
        Assert.Equal(told, PowerOnDecider.Outlook(story.Node(home.Name.Value)));
        Assert.Contains("ordered 3 times", told.Message);
        Assert.Contains("switch it on by hand", told.Message);
        Assert.Contains(told.Evidence, e => e is { Source: "bmc", Message: "says Off" });
    }

    [Fact]
    public void A_BMC_that_died_after_the_proof_is_asked_in_vain_and_its_trouble_is_told()
    {
        var (story, home) = Dark();
        story.Until(() => story.Sent<PowerOn>() == 1);
        home.Bmc = BmcMood.Dead;

        story.Until(() => story.Count<PowerOnGivenUp>() > 0, 300);

        Assert.Equal(3, story.Sent<PowerOn>());
        var told = Assert.Single(story.Events, e => e.Name == "powerOnGivenUp").Reason;
        Assert.Contains(told.Evidence, e => e is { Source: "bmc", Message: "no answer" });
        Assert.Equal("no answer", story.Cluster.HeardOf(home.Name).PowerOnTrouble);
    }

    [Fact]
    public void A_machine_that_is_on_is_ordered_no_more_and_when_no_boot_was_heard_for_15_minutes_it_is_told_once()
    {
        var (story, home) = Hung();
        story.Until(() => story.Sent<PowerOn>() > 0);
        home.Cut = true;

        var minutes = story.Until(() => story.Count<PowerOnGivenUp>() > 0, 1000) / 60;
        story.Run(1000);

        Assert.Equal(15, minutes, 0.1);
        Assert.Equal(1, story.Sent<PowerOn>());
        Assert.Contains("its BMC said On", Assert.Single(story.Events, e => e.Name == "powerOnGivenUp").Reason.Message);

        home.Cut = false;
        story.Until(() => story.PhaseOf(home) == NodePhase.Up, Boots);
        Assert.Null(story.Node(home.Name.Value).PowerOn);
    }

    [Fact]
    public void A_machine_that_came_on_and_was_switched_off_again_before_its_boot_was_heard_is_left_to_who_did_that()
    {
        var (story, home) = Hung();
        story.Until(() => story.Sent<PowerOn>() > 0);
        home.Cut = true;
        story.Run(10);
        Assert.True(story.Node(home.Name.Value).PowerOn!.CameOn);
        Assert.Equal("powerCameOn", PowerOnDecider.Outlook(story.Node(home.Name.Value))!.Code);
        home.PowerOff();

        story.Run(2000);

        Assert.Equal(1, story.Sent<PowerOn>());
        var told = Assert.Single(story.Events, e => e.Name == "powerOnGivenUp").Reason;
        Assert.Contains("by no order of ours", told.Message);
    }

    [Fact]
    public void After_giving_up_a_cordon_that_is_lifted_asks_for_three_more_tries()
    {
        var (story, home) = Dark();
        story.Until(() => story.Count<PowerOnGivenUp>() > 0, 300);
        story.Order(id => new CordonOrder(id, home.Name, true, "ann"));
        story.Run(120);
        Assert.Equal(3, story.Sent<PowerOn>());
        home.NeverBoots = false;

        story.Order(id => new CordonOrder(id, home.Name, false, "ann"));

        story.Until(() => story.PhaseOf(home) == NodePhase.Up, Boots);
        Assert.Equal(4, story.Sent<PowerOn>());
    }

    [Fact]
    public void New_leaders_go_on_counting_so_that_three_orders_are_three_whatever_restarts()
    {
        var (story, home) = Dark();
        story.Until(() => story.Sent<PowerOn>() == 1);

        for (var i = 0; i < 12; i++)
        {
            story.RestartController().Run(70);
        }

        Assert.Equal(3, story.Sent<PowerOn>(home));
        Assert.Equal(1, story.Count<PowerOnGivenUp>());
    }

    [Fact]
    public void A_node_whose_BMC_was_taken_from_its_object_is_held_with_the_remedy_until_it_is_named_again()
    {
        var (story, home) = Dark();
        story.Until(() => story.Sent<PowerOn>() == 1);
        var rack = story.Ledger.NodeSpecOf(home.Name)!.Rack.Value;
        Assert.Empty(story.Apply(StorySpecs.Node(home.Name.Value, rack, bmc: false)).Errors);
        story.Run(200);
        Assert.Equal(1, story.Sent<PowerOn>());
        Assert.Contains("names no BMC", Assert.Single(story.Events, e => e.Name == "powerOnHeld").Reason.Message);

        home.NeverBoots = false;
        Assert.Empty(story.Apply(StorySpecs.Node(home.Name.Value, rack)).Errors);

        story.Until(() => story.PhaseOf(home) == NodePhase.Up, Boots);
    }

    [Fact]
    public void A_cluster_whose_policy_leaves_fenced_nodes_off_says_so_once_and_switches_none_on_until_it_changes()
    {
        var (story, home) = Hung();
        Assert.Empty(story.Apply(Powering(false)).Errors);

        story.Run(300);

        Assert.Equal(NodePhase.Dead, story.PhaseOf(home));
        Assert.Equal(0, story.Sent<PowerOn>());
        Assert.Contains("healing.powerOn", Assert.Single(story.Events, e => e.Name == "powerOnHeld").Reason.Message);
        Assert.Empty(story.Apply(Powering(true)).Errors);
        story.Until(() => story.PhaseOf(home) == NodePhase.Up, Boots);
        Assert.Equal(1, story.Sent<PowerOn>());

        static SpecObject Powering(bool on) =>
            StorySpecs.Of("default", new PolicySpec { Healing = new HealingPolicy { PowerOn = on } });
    }

    [Fact]
    public void Just_before_it_leaves_an_order_stands_only_while_the_boot_is_dead_unheard_and_not_cordoned()
    {
        var (story, home) = Dark();
        story.Until(() => story.Sent<PowerOn>() == 1);
        var order = (PowerOn)story.Commands.Last(c => c.Command is PowerOn).Command;
        var dead = story.Cluster;
        Assert.True(PowerOnDecider.Stands(dead, order));
        var record = story.Node(home.Name.Value);
        var notOurs = record with { PowerOn = record.PowerOn! with { Order = null } };
        Assert.False(PowerOnDecider.Stands(
            dead with { Ledger = dead.Ledger with { Nodes = dead.Ledger.Nodes.SetItem(home.Name, notOurs) } }, order));
        Assert.False(PowerOnDecider.Stands(dead, order with { Try = 2 }));
        Assert.False(PowerOnDecider.Stands(dead, order with { Boot = new BootId("another") }));
        Assert.False(PowerOnDecider.Stands(dead, order with { Method = order.Method with { Uuid = "another" } }));

        Assert.False(PowerOnDecider.Stands(
            dead with { Ledger = new NodeCordoned(home.Name).Apply(dead.Ledger) }, order));
        var policy = StorySpecs.Of("default", new PolicySpec { Healing = new HealingPolicy { PowerOn = false } });
        Assert.False(PowerOnDecider.Stands(
            dead with { Ledger = new SpecPut(policy).Apply(dead.Ledger) }, order));
        Assert.False(PowerOnDecider.Stands(
            dead with { Office = dead.Office with { Overruled = new Reason("liveness", "overruled", "") } }, order));

        story.Reboot(home);
        Assert.False(PowerOnDecider.Stands(
            Liveness.Ear.Hear(dead, home.WardenBeat(), story.Now), order));
        story.Run(2);
        Assert.False(PowerOnDecider.Stands(story.Cluster, order));
    }
}
