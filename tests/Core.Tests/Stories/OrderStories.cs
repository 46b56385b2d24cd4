using Havm.Core.Changes;
using Havm.Core.Leases;
using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>What people order, and what becomes of it.</summary>
public sealed class OrderStories
{
    private static readonly InstanceName A = new("a");

    [Fact]
    public void A_stop_order_ends_in_a_proven_stop_that_holds_nothing_and_a_start_order_in_the_next_generation()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));

        story.Order(id => new InstanceOrder(id, A, InstanceVerb.Stop, "ann"));
        story.Until(() => InstanceMachine.PhaseOf(story.Cluster, story.Instance("a")) == InstancePhase.Stopped);
        Assert.All(story.Hosts.Values, h => Assert.Empty(h.Running));
        Assert.Empty(story.Instance("a").Unproven);

        story.Order(id => new InstanceOrder(id, A, InstanceVerb.Start, "ann"));
        story.Until(() => story.IsReady("a"));
        Assert.Equal(2, story.SeatOf("a")!.Generation.Value);
    }

    [Fact]
    public void A_start_while_it_still_stops_keeps_the_seat()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.KillsSlowly = true;
        story.Order(id => new InstanceOrder(id, A, InstanceVerb.Stop, "ann"));
        story.Run(3);

        story.Order(id => new InstanceOrder(id, A, InstanceVerb.Start, "ann"));
        story.Run(3);

        Assert.True(story.IsReady("a"));
        Assert.Equal(1, story.SeatOf("a")!.Generation.Value);
    }

    [Fact]
    public void A_restart_order_grows_the_number_in_the_goal_and_nothing_else()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");

        story.Order(id => new InstanceOrder(id, A, InstanceVerb.Restart, "ann"));

        var seat = Assert.Single(BeatAnswer.GoalOf(story.Cluster, story.Node(home.Name.Value)).Seats);
        Assert.Equal(1, seat.RestartOrder);
        Assert.Equal(1, seat.Generation.Value);
    }

    [Fact]
    public void A_deleted_VM_is_stopped_proven_and_forgotten_and_its_namesake_continues_the_generations()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));

        Assert.Empty(story.Delete("VirtualMachine/a").Errors);
        story.Until(() => !story.Exists("a"));
        Assert.Equal(1, story.Ledger.Retired[A].Value);

        story.With(StorySpecs.Vm("a"));
        Assert.Equal(2, story.SeatOf("a")!.Generation.Value);
        Assert.False(story.Ledger.Retired.ContainsKey(A));
    }

    [Fact]
    public void A_VM_that_is_applied_again_while_it_leaves_stays_with_its_address()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.InventoryIncomplete = true;
        var address = story.Instance("a").Machine.Nics[0];
        story.Delete("VirtualMachine/a");
        story.Run(3);

        Assert.Empty(story.Apply(StorySpecs.Vm("a")).Errors);
        home.InventoryIncomplete = false;
        story.Until(() => story.IsReady("a"));

        Assert.Equal(address, story.Instance("a").Machine.Nics[0]);
        Assert.False(story.Instance("a").Leaving);
    }

    [Fact]
    public void An_order_to_forget_and_a_new_wish_in_one_round_keep_the_instance()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        story.Order(id => new InstanceOrder(id, A, InstanceVerb.Stop, "ann"));
        story.Until(() => story.SeatOf("a") is null && story.Instance("a").Unproven.IsEmpty);

        story.Post(new SpecsDeleted(900, [new SpecKey("VirtualMachine", "a")], false, "ann"));
        story.Post(new SpecsSubmitted(901, [StorySpecs.Vm("a")], false, "ann"));
        story.Run(5);

        Assert.True(story.Exists("a"));
        Assert.Equal(0, story.Count<InstanceForgotten>());
    }

    [Fact]
    public void An_instance_of_one_owner_leaves_before_its_namesake_of_another_comes()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Service("s", 1));
        Assert.Empty(story.Delete("Service/s").Errors);
        Assert.Empty(story.Apply(StorySpecs.Vm("s-web-0")).Errors);

        story.Until(() => story.Exists("s-web-0") && story.Instance("s-web-0").Owner.Kind == "VirtualMachine"
            && story.IsReady("s-web-0"));

        Assert.Equal(2, story.SeatOf("s-web-0")!.Generation.Value);
        Assert.Equal(1, story.Count<InstanceForgotten>());
    }

    [Fact]
    public void A_role_that_shrinks_loses_its_highest_numbers_first()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Service("s", 4));

        story.Order(id => new ScaleOrder(id, "s", "web", 2, "ann"));
        story.Until(() => story.Ledger.Instances.Count == 2);

        Assert.Equal(["s-web-0", "s-web-1"], story.Ledger.Instances.Values.Select(i => i.Name.Value));
    }

    [Fact]
    public void Confirm_dead_is_refused_while_the_datastore_heartbeat_is_fresh()
    {
        var story = Story.Of(3, 2, bmc: false).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Cut = true;
        story.Sighted(home, 0.5).Run(10);

        var outcome = story.Order(id => new ConfirmDeadOrder(id, home.Name, home.Boot, "ann"));

        Assert.Contains("datastore", Assert.Single(outcome.Errors).Reason);
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void Confirm_dead_is_refused_when_a_beat_came_in_the_same_moment()
    {
        var story = Story.Of(3, 2, bmc: false).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Cut = true;
        story.Run(10);

        story.Post(home.WardenBeat());
        var outcome = story.Order(id => new ConfirmDeadOrder(id, home.Name, home.Boot, "ann"));

        Assert.NotEmpty(outcome.Errors);
        Assert.NotEqual(NodePhase.Dead, story.PhaseOf(home));
    }

    [Fact]
    public void Confirm_dead_is_refused_while_the_BMC_says_On_and_for_any_boot_but_the_one_on_record()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Cut = true;
        story.Run(10);

        Assert.Contains("power on",
            Assert.Single(story.Order(id => new ConfirmDeadOrder(id, home.Name, home.Boot, "ann")).Errors).Reason);
        Assert.Contains("not the one", Assert.Single(
            story.Order(id => new ConfirmDeadOrder(id, home.Name, new BootId("x"), "ann")).Errors).Reason);
        Assert.NotEmpty(story.Order(id => new ConfirmDeadOrder(id, new NodeName("zz"), home.Boot, "ann")).Errors);
    }

    [Fact]
    public void Confirm_dead_is_refused_by_a_leader_that_has_not_listened_long_enough()
    {
        var story = Story.Of(3, 2, bmc: false).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Cut = true;
        story.Run(10);
        story.RestartController().Run(1);

        Assert.NotEmpty(story.Order(id => new ConfirmDeadOrder(id, home.Name, home.Boot, "ann")).Errors);
    }

    [Fact]
    public void An_operators_word_frees_what_nothing_else_could_prove()
    {
        var story = Story.Of(3, 2, bmc: false).With(StorySpecs.Vm("a", IsolationPolicy.LeaveRunning));
        var home = story.Home("a");
        home.PowerOff();
        story.Run(30);

        Assert.Empty(story.Order(id => new ConfirmDeadOrder(id, home.Name, home.Boot, "ann")).Errors);

        Assert.True(story.IsElsewhere("a", home));
        Assert.Contains(story.Events, e => e.Reason.Code == "provenByOperator" && e.Reason.Message.StartsWith("ann"));
    }

    [Fact]
    public void A_cordoned_node_keeps_what_it_has_and_gets_no_more()
    {
        var story = Story.Of(1, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");

        story.Order(id => new CordonOrder(id, home.Name, true, "ann"));
        story.With(StorySpecs.Vm("b"), StorySpecs.Vm("c"));

        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
        Assert.NotEqual(home.Name, story.SeatOf("b")!.Node);
        Assert.NotEqual(home.Name, story.SeatOf("c")!.Node);
    }

    [Fact]
    public void Orders_about_what_does_not_exist_are_refused_and_change_nothing()
    {
        var story = Story.Of(1, 2);
        var ledger = story.Ledger;

        Assert.NotEmpty(story.Order(id => new InstanceOrder(id, A, InstanceVerb.Stop, "ann")).Errors);
        Assert.NotEmpty(story.Order(id => new ScaleOrder(id, "s", "web", 2, "ann")).Errors);
        Assert.NotEmpty(story.Order(id => new CordonOrder(id, new NodeName("zz"), true, "ann")).Errors);
        Assert.NotEmpty(story.Delete("VirtualMachine/zz").Errors);

        Assert.Same(ledger, story.Ledger);
    }

    [Fact]
    public void Every_order_that_is_taken_says_what_is_done_also_when_there_is_nothing_to_do()
    {
        var story = Story.Of(1, 2).With(StorySpecs.Vm("a"), StorySpecs.Service("s", 1));
        var home = story.Home("a").Name;
        Func<long, Input>[] orders =
        [
            id => new CordonOrder(id, home, true, "ann"),
            id => new CordonOrder(id, home, false, "ann"),
            id => new ScaleOrder(id, "s", "web", 2, "ann"),
            id => new InstanceOrder(id, A, InstanceVerb.Restart, "ann"),
            id => new InstanceOrder(id, A, InstanceVerb.Stop, "ann"),
            id => new InstanceOrder(id, A, InstanceVerb.Start, "ann"),
            id => new SpecsDeleted(id, [new SpecKey("VirtualMachine", "a")], false, "ann"),
        ];
        foreach (var order in orders)
        {
            Assert.NotEqual("", Assert.Single(story.Order(order).Objects).Message);
        }

        foreach (var order in orders[1..3])
        {
            var again = Assert.Single(story.Order(order).Objects);
            Assert.Equal(ObjectChange.Unchanged, again.Change);
            Assert.Contains("already", again.Message);
        }
    }

    [Fact]
    public void Cordon_and_uncordon_are_two_events()
    {
        var story = Story.Of(1, 2);

        story.Order(id => new CordonOrder(id, new NodeName("n1"), true, "ann"));
        story.Order(id => new CordonOrder(id, new NodeName("n1"), false, "ann"));

        Assert.Equal(["nodeCordoned", "nodeUncordoned"], story.Events.TakeLast(2).Select(e => e.Name));
        Assert.False(story.Node("n1").Cordoned);
    }

    [Theory]
    [InlineData("web", -1)]
    [InlineData("web", 1001)]
    [InlineData("nothing", 1)]
    public void A_number_out_of_bounds_and_a_role_that_is_none_are_bad_input(string role, int instances)
    {
        var story = Story.Of(1, 2).With(StorySpecs.Service("s", 1));

        var outcome = story.Order(id => new ScaleOrder(id, "s", role, instances, "ann"));

        Assert.True(outcome is { Accepted: false, BadInput: true });
    }
}
