using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SPEC 6: what an instance depends on is started before it, and nothing that runs is touched.</summary>
public sealed class DependencyStories
{
    private static readonly TimeSpan TwoMinutes = TimeSpan.FromMinutes(2);

    [Fact]
    public void What_is_applied_together_is_started_in_its_order()
    {
        var story = Story.Of(3, 2);
        Assert.Empty(story.Apply(Vm("app", On("db")), Vm("db")).Errors);
        Assert.NotNull(story.SeatOf("db"));
        Assert.Null(story.SeatOf("app"));
        Assert.Equal(InstancePhase.WaitingForDependency, PhaseOf(story, "app"));

        story.Until(() => story.IsReady("app"), 20);
        Assert.Contains(story.Events, e => e.Name == "startWaited" && e.Reason.Message.Contains("VirtualMachine/db"));
        Assert.Equal(0, story.Count<DependencyGivenUp>());
    }

    [Fact]
    public void After_a_lost_node_the_dependant_starts_once_what_it_depends_on_is_ready_again()
    {
        var (story, home) = Together(Vm("app", On("db")), Vm("db"));
        Silence(story, true);
        home.PowerOff();
        story.Until(() => story.IsElsewhere("db", home));
        story.Run(30);
        Assert.Null(story.SeatOf("app"));
        Assert.Equal(InstancePhase.Running, PhaseOf(story, "db"));

        Silence(story, false);
        story.Until(() => story.SeatOf("app") is not null, 5);
    }

    [Fact]
    public void Who_asks_for_one_that_runs_does_not_wait_for_its_guest()
    {
        var (story, home) = Together(Vm("app", On("db") with { Condition = Readiness.Running }), Vm("db"));
        Silence(story, true);
        home.PowerOff();
        story.Until(() => story.SeatOf("app") is { } seat && seat.Node != home.Name, 30);
        Assert.Equal(InstancePhase.Running, PhaseOf(story, "db"));
    }

    [Fact]
    public void After_its_timeout_the_start_is_made_anyway_and_said_once()
    {
        var (story, home) = Together(Vm("app", On("db") with { Timeout = TwoMinutes }), Vm("db"));
        Silence(story, true);
        home.PowerOff();
        story.Until(() => PhaseOf(story, "app") == InstancePhase.WaitingForDependency, 30);

        Assert.InRange(story.Until(() => story.SeatOf("app") is not null, 150), 118, 122);
        var told = Assert.Single(story.Events, e => e.Name == "dependencyGivenUp");
        Assert.Contains("VirtualMachine/db was not guestReady after 120 s", told.Reason.Message);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(-20)]
    public void A_clock_that_is_set_while_a_start_waits_changes_nothing_of_its_timeout(int hours)
    {
        var (story, home) = Together(Vm("app", On("db") with { Timeout = TwoMinutes }), Vm("db"));
        Silence(story, true);
        home.PowerOff();
        story.Until(() => PhaseOf(story, "app") == InstancePhase.WaitingForDependency, 30);
        story.Run(30);
        story.WallShift += TimeSpan.FromHours(hours);

        Assert.InRange(story.Until(() => story.SeatOf("app") is not null, 150), 87, 92);
    }

    [Fact]
    public void A_start_that_failed_is_tried_again_without_waiting_for_what_was_given_up()
    {
        var (story, home) = Together(Vm("app", On("db") with { Timeout = TwoMinutes }), Vm("db"));
        Silence(story, true);
        foreach (var host in story.Hosts.Values)
        {
            host.CannotStart.Add(new InstanceName("app"));
        }

        home.PowerOff();
        story.Until(() => story.Happened("tryFailed") || story.Instance("app").Failures.Count > 0, 200);
        Assert.InRange(story.Until(() => story.SeatOf("app") is not null || story.Instance("app").Failures.Count > 1,
            60), 0, 30);
        Assert.Equal(1, story.Count<DependencyGivenUp>());
    }

    [Fact]
    public void What_runs_is_left_alone_when_what_it_depends_on_is_lost_or_stopped()
    {
        var story = Story.Of(3, 2).With(Vm("db"), Vm("app", On("db")));
        var (home, seat) = (story.Home("db"), story.SeatOf("app"));
        Assert.NotEqual(home, story.Home("app"));
        home.PowerOff();
        story.Until(() => story.IsElsewhere("db", home) && story.IsReady("db"));
        story.Order(id => new InstanceOrder(id, new InstanceName("db"), InstanceVerb.Stop, "ann"));
        story.Run(60);

        Assert.Equal(seat, story.SeatOf("app"));
        Assert.True(story.IsReady("app"));
    }

    [Fact]
    public void What_is_stopped_by_order_is_not_waited_for()
    {
        var (story, home) = Together(Vm("app", On("db")), Vm("db"));
        story.Order(id => new InstanceOrder(id, new InstanceName("db"), InstanceVerb.Stop, "ann"));
        story.Until(() => story.SeatOf("db") is null);
        var waits = story.Count<StartWaited>();
        home.PowerOff();
        story.Until(() => story.IsElsewhere("app", home), 30);
        Assert.Equal(waits, story.Count<StartWaited>());
    }

    [Fact]
    public void A_person_s_order_starts_it_at_once()
    {
        var (story, home) = Together(Vm("app", On("db")), Vm("db"));
        Silence(story, true);
        home.PowerOff();
        story.Until(() => PhaseOf(story, "app") == InstancePhase.WaitingForDependency, 30);

        Assert.Empty(story.Order(id =>
            new InstanceOrder(id, new InstanceName("app"), InstanceVerb.Start, "ann")).Errors);
        Assert.NotNull(story.SeatOf("app"));
        Assert.Equal(0, story.Count<DependencyGivenUp>());
    }

    [Fact]
    public void A_new_leader_goes_on_with_the_wait_and_counts_it_anew()
    {
        var (story, home) = Together(Vm("app", On("db") with { Timeout = TwoMinutes }), Vm("db"));
        Silence(story, true);
        home.PowerOff();
        story.Until(() => PhaseOf(story, "app") == InstancePhase.WaitingForDependency, 30);
        var waits = story.Count<StartWaited>();
        story.Outage(300).Run(10);
        Assert.Null(story.SeatOf("app"));
        Assert.InRange(story.Until(() => story.SeatOf("app") is not null, 150), 100, 122);
        Assert.Equal(waits, story.Count<StartWaited>());
    }

    [Fact]
    public void While_automation_is_off_no_wait_runs_out()
    {
        var (story, home) = Together(Vm("app", On("db") with { Timeout = TwoMinutes }), Vm("db"));
        Silence(story, true);
        home.PowerOff();
        story.Until(() => PhaseOf(story, "app") == InstancePhase.WaitingForDependency, 30);
        story.Order(id => new DisarmOrder(id, AutomationMode.Freeze, TimeSpan.FromMinutes(10), "ann"));
        story.Run(300);
        Assert.Equal(0, story.Count<DependencyGivenUp>());

        story.Order(id => new ArmOrder(id, "ann"));
        story.Run(60);
        Assert.Null(story.SeatOf("app"));
        story.Until(() => story.SeatOf("app") is not null, 90);
    }

    [Fact]
    public void A_node_that_has_booted_takes_up_only_what_need_not_wait()
    {
        var (story, home) = Together(Vm("app", On("db")), Vm("db"), Vm("free"));
        Silence(story, true);
        home.PowerOff();
        story.Reboot(home).Run(10);
        Assert.Equal(1, story.SeatOf("db")!.Generation.Value);
        Assert.Null(story.SeatOf("app"));
        Assert.Contains(
            story.Events, e => e.Name == "seatWithdrawn" && e.Reason.Message.Contains("does not stand yet"));

        Silence(story, false);
        story.Until(() => story.IsReady("app"), 20);
        Assert.Equal(2, story.SeatOf("app")!.Generation.Value);
        story.Until(() => story.Ledger.Incidents.Values.All(i => !i.Open), 60);
    }

    [Fact]
    public void Every_instance_of_a_role_has_to_stand()
    {
        var shop = new Dependency { Kind = "Service", Name = "shop", Role = "web" };
        var (story, home) = Together(Vm("app", shop), StorySpecs.Service("shop", 3));
        foreach (var host in story.Hosts.Values)
        {
            host.CannotStart.Add(new InstanceName("shop-web-2"));
        }

        home.PowerOff();
        story.Until(() => story.SeatOf("app") is null);
        story.Until(() => story.IsReady("shop-web-0") && story.IsReady("shop-web-1"), 60);
        story.Run(5);
        Assert.Null(story.SeatOf("app"));
        foreach (var host in story.Hosts.Values)
        {
            host.CannotStart.Clear();
        }

        story.Until(() => story.IsReady("app"), 120);
        Assert.True(story.IsReady("shop-web-2"));
    }

    [Fact]
    public void Where_its_endpoint_has_to_answer_the_balancer_is_asked()
    {
        var shop = new Dependency { Kind = "Service", Name = "shop", Condition = Readiness.ProbeOk };
        var (story, home) = Together(Vm("app", shop), StorySpecs.Service("shop", 1), StorySpecs.Of("front",
            new LoadBalancerSpec { Service = "shop", Role = "web", Listen = 80, Port = 8080 }));
        story.Endpoints["shop-web-0"] = Endpoint.Wrong;
        home.PowerOff();
        story.Until(() => story.IsElsewhere("shop-web-0", home) && story.IsReady("shop-web-0"), 30);
        story.Run(10);
        Assert.Null(story.SeatOf("app"));

        story.Endpoints["shop-web-0"] = Endpoint.Well;
        story.Until(() => story.SeatOf("app") is not null, 10);
    }

    [Fact]
    public void Among_those_that_may_start_priority_comes_first_and_no_room_is_kept_for_who_waits()
    {
        var story = Story.Of(2, 1, memoryMiB: 512);
        story.Order(id => new CordonOrder(id, new NodeName("n2"), true, "ann"));
        story.With(Vm("db", 1, 64), Vm("first", 1, 200, On("db")), Vm("late", 5, 200));
        story.Host("n1").PowerOff();
        Silence(story, true);
        story.Order(id => new CordonOrder(id, new NodeName("n2"), false, "ann"));
        story.Until(() => story.SeatOf("late")?.Node == new NodeName("n2"), 60);
        Assert.Null(story.SeatOf("first"));

        Silence(story, false);
        story.Until(() => story.SeatOf("first") is not null, 10);
    }

    /// <summary>A start waits, and the wait ends by its timeout; for what must occur in stories.</summary>
    internal static Story WaitedInVain()
    {
        var (story, home) = Together(Vm("app", On("db") with { Timeout = TimeSpan.FromSeconds(5) }), Vm("db"));
        Silence(story, true);
        home.PowerOff();
        story.Until(() => story.Happened("dependencyGivenUp"), 60);
        return story;
    }

    internal static Dependency On(string vm) => new() { Name = vm };

    internal static SpecObject Vm(string name, params ImmutableArray<Dependency> on) => Vm(name, 3, 64, on);

    internal static SpecObject Vm(
        string name, int priority, int memoryMiB, params ImmutableArray<Dependency> on) =>
        StorySpecs.Of(name, new VirtualMachineSpec
        {
            Template = StorySpecs.Template(memoryMiB: memoryMiB, priority: priority) with
            {
                DependsOn = on, Application = new GuestApplication(), Networks = [],
            },
        });

    /// <summary>All of it on one node, which the others can do without.</summary>
    private static (Story Story, SmallHost Home) Together(params ReadOnlySpan<SpecObject> objects)
    {
        var story = Story.Of(3, 2);
        foreach (var host in story.Hosts.Values.Skip(1))
        {
            story.Order(id => new CordonOrder(id, host.Name, true, "ann"));
        }

        story.With(objects);
        foreach (var host in story.Hosts.Values.Skip(1))
        {
            story.Order(id => new CordonOrder(id, host.Name, false, "ann"));
        }

        return (story, story.Host("n1"));
    }

    /// <summary>Guests say that they are ready, or do not.</summary>
    private static void Silence(Story story, bool silent)
    {
        foreach (var host in story.Hosts.Values)
        {
            host.NeverReady = silent;
        }
    }

    private static InstancePhase PhaseOf(Story story, string name) =>
        InstanceMachine.PhaseOf(story.Cluster, story.Instance(name));
}
