using Havm.Core.Changes;
using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>
/// A planned stop or move of an instance behind a load balancer takes it out of rotation first, and waits until nothing
/// of what it was sent is open.
/// </summary>
public sealed class RotationStories
{
    [Fact]
    public void A_move_begins_when_no_connection_is_left_and_it_comes_in_again_when_it_is_ready_there()
    {
        var story = Behind(2);
        var home = story.Home("shop-web-0");
        story.Connections["shop-web-0"] = 3;

        Move(story);
        story.Run(5);

        Assert.Equal(MemberRotation.Draining, story.RotationOf("front", "shop-web-0"));
        Assert.Equal(WantedState.Running, story.Instance("shop-web-0").WantedThere);
        Assert.True(home.Running.ContainsKey(new InstanceName("shop-web-0")));

        story.Connections["shop-web-0"] = 0;
        story.Until(() => story.IsElsewhere("shop-web-0", home) && story.IsReady("shop-web-0"));
        story.Until(() => story.RotationOf("front", "shop-web-0") == MemberRotation.In, limit: 5);
        Assert.Contains("no connection left", story.Events.Last(e => e.Name == "rotationLeft").Reason.Message);
        Assert.Null(story.Instance("shop-web-0").RotationExit);
    }

    [Fact]
    public void Connections_that_do_not_end_are_waited_for_no_longer_than_the_drain_time()
    {
        var story = Behind(2);
        story.Connections["shop-web-0"] = 1;

        Move(story);
        var waited = story.Until(() => story.Happened("rotationLeft"));

        Assert.InRange(waited, 30, 31);
        Assert.Contains("still has 1 connection", story.Events.Last(e => e.Name == "rotationLeft").Reason.Message);
    }

    [Fact]
    public void A_balancer_that_cannot_be_heard_holds_planned_work_no_longer_either()
    {
        var story = Behind(2);
        story.BalancersSilent = true;

        Move(story);
        var waited = story.Until(() => story.Happened("rotationLeft"));

        Assert.InRange(waited, 30, 31);
        Assert.Contains("cannot be heard", story.Events.Last(e => e.Name == "rotationLeft").Reason.Message);
    }

    [Fact]
    public void A_guest_that_shuts_down_on_its_notice_has_nothing_left_to_drain()
    {
        var story = Behind(2);
        var home = story.Home("shop-web-0");
        home.GuestsRead = home.GuestsGoAhead = true;
        story.Run(2);
        story.BalancersSilent = true;

        Move(story);

        story.Until(() => story.IsElsewhere("shop-web-0", home), limit: 10);
    }

    [Fact]
    public void What_the_balancer_said_before_it_was_told_counts_for_nothing()
    {
        var (story, web) = (Behind(2), new InstanceName("shop-web-0"));
        story.Connections["shop-web-0"] = 1;
        story.Order(id => new InstanceOrder(id, web, InstanceVerb.Stop, "ann"));
        story.Run(3).Until(() => (story.Now.SinceOrigin.Ticks / Story.Tick.Ticks) % 10 == 9);

        // The stop is called off in the very moment in which the balancer says that nothing is left.
        story.Connections["shop-web-0"] = 0;
        story.Post(new InstanceOrder(99, web, InstanceVerb.Start, "ann")).Run(0.1);
        Assert.Equal(MemberRotation.Draining, story.Cluster.BalancerHeardOf("front").Of(web)!.Rotation);
        story.BalancersSilent = true;
        story.Order(id => new InstanceOrder(id, web, InstanceVerb.Stop, "ann"));
        story.Run(3);

        Assert.False(story.Happened("rotationLeft"));
    }

    [Theory]
    [InlineData(InstanceVerb.Stop)]
    [InlineData(InstanceVerb.Restart)]
    public void An_ordered_stop_or_restart_leaves_rotation_first(InstanceVerb verb)
    {
        var story = Behind(2);
        var web = new InstanceName("shop-web-0");
        story.Connections["shop-web-0"] = 1;

        story.Order(id => new InstanceOrder(id, web, verb, "ann"));
        story.Run(5);

        var told = story.Instance("shop-web-0");
        Assert.Equal((WantedState.Running, 0L), (told.WantedThere, told.RestartOrderThere));
        Assert.Equal(MemberRotation.Draining, story.RotationOf("front", "shop-web-0"));

        story.Connections["shop-web-0"] = 0;
        story.Until(() => story.Happened("rotationLeft"), limit: 5);
        told = story.Instance("shop-web-0");
        Assert.Equal(
            verb == InstanceVerb.Stop ? (WantedState.Stopped, 0L) : (WantedState.Running, 1L),
            (told.WantedThere, told.RestartOrderThere));
    }

    [Fact]
    public void An_order_to_start_it_calls_the_stop_off_and_it_never_leaves()
    {
        var story = Behind(2);
        var web = new InstanceName("shop-web-0");
        story.Connections["shop-web-0"] = 1;
        story.Order(id => new InstanceOrder(id, web, InstanceVerb.Stop, "ann"));
        story.Run(3);

        story.Order(id => new InstanceOrder(id, web, InstanceVerb.Start, "ann"));
        story.Run(40);

        Assert.Equal(0, story.Count<RotationLeft>());
        Assert.Equal(MemberRotation.In, story.RotationOf("front", "shop-web-0"));
        Assert.True(story.IsReady("shop-web-0"));
    }

    [Fact]
    public void What_a_smaller_role_gives_up_leaves_rotation_first()
    {
        var story = Behind(3);
        story.Connections["shop-web-2"] = 1;

        story.Apply(StorySpecs.Service("shop", 2));
        story.Run(5);
        Assert.Equal(MemberRotation.Draining, story.RotationOf("front", "shop-web-2"));

        story.Connections["shop-web-2"] = 0;
        story.Until(() => !story.Exists("shop-web-2"));
    }

    [Fact]
    public void A_node_that_dies_meanwhile_ends_the_waiting()
    {
        var story = Behind(2);
        var home = story.Home("shop-web-0");
        story.Connections["shop-web-0"] = 1;
        Move(story);
        story.Run(2);

        home.PowerOff();

        story.Until(() => story.IsElsewhere("shop-web-0", home) && story.IsReady("shop-web-0"));
        Assert.Null(story.Instance("shop-web-0").RotationExit);
    }

    [Fact]
    public void Without_a_balancer_nothing_waits()
    {
        var story = Behind(2);
        story.Delete("LoadBalancer/front");
        story.Connections["shop-web-0"] = 1;

        Move(story);

        Assert.Equal(WantedState.Stopped, story.Instance("shop-web-0").WantedThere);
    }

    [Fact]
    public void Freeze_stops_nobody_who_leaves_rotation()
    {
        var story = Behind(2);
        story.Connections["shop-web-0"] = 1;
        Move(story);
        story.Order(id => new DisarmOrder(id, AutomationMode.Freeze, TimeSpan.FromMinutes(10), "ann"));

        story.Run(60);

        Assert.Equal(0, story.Count<RotationLeft>());
        Assert.True(story.Home("shop-web-0").Running.ContainsKey(new InstanceName("shop-web-0")));
    }

    [Fact]
    public void A_node_that_cannot_be_heard_takes_nobody_out_of_rotation()
    {
        var story = Behind(2);
        story.Home("shop-web-0").Cut = true;
        story.Run(8);

        // A new leader has no word of that node at all.
        story.RestartController().Run(8);

        Assert.Equal(InstancePhase.Down, InstanceMachine.PhaseOf(story.Cluster, story.Instance("shop-web-0")));
        Assert.Equal(MemberRotation.In, story.RotationOf("front", "shop-web-0"));
    }

    [Fact]
    public void A_balancer_in_front_of_nothing_or_on_a_taken_port_is_refused_with_what_to_do()
    {
        var story = Behind(1);

        var unknown = story.Apply(StorySpecs.Of("a", Front() with { Service = "none" }));
        var role = story.Apply(StorySpecs.Of("b", Front() with { Role = "none", Listen = 81 }));
        var taken = story.Apply(StorySpecs.Of("c", Front() with { Address = "10.0.0.1" }));

        Assert.Contains(
            "Service/none does not exist", Assert.Single(unknown.Errors, e => e.Field == "spec.service").Reason);
        Assert.Contains("has no role none", Assert.Single(role.Errors).Reason);
        Assert.Contains("listens on 0.0.0.0:80 already", Assert.Single(taken.Errors).Reason);
        Assert.Single(story.Ledger.All<LoadBalancerSpec>());
    }

    internal static Story Behind(int instances, TimeSpan? limit = null, string? set = null) => Story.Of(3, 2)
        .With(
        [
            .. set is null ? Array.Empty<SpecObject>() : [StorySpecs.Set(set)],
            StorySpecs.Service("shop", instances, set),
            StorySpecs.Of("front", Front() with { Limit = limit ?? TimeSpan.FromMinutes(5) }),
        ])
        .Run(2);

    private static LoadBalancerSpec Front() => new() { Service = "shop", Role = "web", Listen = 80, Port = 8080 };

    private static void Move(Story story)
    {
        var to = story.Hosts.Values.First(h => h != story.Home("shop-web-0")).Name;
        Assert.Empty(story.Order(id => new MoveOrder(id, new InstanceName("shop-web-0"), to, "ann")).Errors);
    }
}
