using Havm.Core.Changes;
using Havm.Core.Leases;
using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SPEC 6: an unmanaged instance is looked at, and nothing is done to it until it is taken back.</summary>
public sealed class UnmanagedStories
{
    private static readonly InstanceName A = new("a");

    private static OrderOutcome Order(Story story, InstanceVerb verb, TimeSpan? grace = null) =>
        story.Order(id => new InstanceOrder(id, A, verb, "ann") { Grace = grace });

    private static Story Leased() => Story.Of(3, 2, bmc: false, watchdog: WatchdogKind.Independent)
        .With(StorySpecs.Vm("a", IsolationPolicy.PowerOff));

    private static Story Left(Story story)
    {
        Assert.Empty(Order(story, InstanceVerb.Unmanage).Errors);
        story.Run(3);
        return story;
    }

    [Fact]
    public void On_a_node_that_dies_it_is_not_recovered_and_keeps_its_seat_until_it_is_taken_back()
    {
        var story = Left(Story.Of(3, 2).With(StorySpecs.Vm("a")));
        var home = story.Home("a");
        home.PowerOff();
        story.Run(300);

        Assert.Equal(NodePhase.Dead, story.PhaseOf(home));
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
        Assert.Equal(InstancePhase.Unmanaged, InstanceMachine.PhaseOf(story.Cluster, story.Instance("a")));
        Order(story, InstanceVerb.Start);
        Assert.True(story.Until(() => story.IsElsewhere("a", home)) < 1);
        Assert.Equal(new Generation(2), story.SeatOf("a")!.Generation);
    }

    [Fact]
    public void A_node_is_not_fenced_for_it()
    {
        var story = Left(Story.Of(3, 2).With(StorySpecs.Vm("a")));
        story.SharedStore = true;
        var home = story.Home("a");
        home.Hang(story.Now);

        story.Run(300);

        Assert.True(home.Powered);
        Assert.Equal(0, story.Sent<PowerOff>());
    }

    [Fact]
    public void Cut_off_it_outlives_its_lease_and_no_lease_proves_it_dead_also_after_it_was_taken_back()
    {
        var story = Left(Leased());
        var home = story.Home("a");
        home.Cut = true;
        story.Run(120);
        Assert.Single(home.Running);
        Order(story, InstanceVerb.Start);

        story.Run(600);

        Assert.Single(home.Running);
        Assert.False(story.IsElsewhere("a", home));
        home.Cut = false;
        story.Until(() => story.IsReady("a"));
        Assert.Equal(new Generation(1), story.SeatOf("a")!.Generation);
    }

    [Fact]
    public void Its_goal_says_that_no_lease_ends_it()
    {
        var story = Left(Leased());

        var seat = Assert.Single(BeatAnswer.GoalOf(story.Cluster, story.Node(story.Home("a").Name.Value)).Seats);

        Assert.Equal((WantedState.Unmanaged, IsolationPolicy.LeaveRunning), (seat.Wanted, seat.Machine.Isolation));
        Assert.Equal(IsolationPolicy.LeaveRunning, story.SeatOf("a")!.Isolation);
    }

    [Fact]
    public void What_its_host_gives_up_is_not_taken_back()
    {
        var story = Left(Story.Of(3, 2).With(StorySpecs.Vm("a")));
        var home = story.Home("a");
        home.Running.Remove(A);
        home.GivenUp.Add((A, new Generation(1)));

        story.Run(60);

        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
        Assert.Equal(0, story.Instance("a").Failures.Count);
    }

    [Fact]
    public void Its_object_can_say_so_and_a_first_start_waits_for_being_taken_back()
    {
        var story = Story.Of(3, 2);
        var vm = StorySpecs.Vm("a");
        story.Apply(vm with { Spec = (VirtualMachineSpec)vm.Spec with { Wanted = WantedState.Unmanaged } });
        story.Run(60);
        Assert.Null(story.SeatOf("a"));
        Assert.Equal(InstancePhase.Unmanaged, InstanceMachine.PhaseOf(story.Cluster, story.Instance("a")));

        story.Apply(vm);

        story.Until(() => story.IsReady("a"));
    }

    [Fact]
    public void A_restart_of_it_is_refused_and_a_stop_takes_it_back_and_stops_it()
    {
        var story = Left(Story.Of(3, 2).With(StorySpecs.Vm("a")));

        Assert.Contains("is unmanaged", Assert.Single(Order(story, InstanceVerb.Restart).Errors).Reason);
        Order(story, InstanceVerb.Stop);
        story.Until(() => story.SeatOf("a") is null && story.Instance("a").Unproven.IsEmpty);
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(3600, true)]
    [InlineData(3601, false)]
    public void The_guests_time_to_stop_rides_on_the_goal_within_bounds(double seconds, bool legal)
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a").Name.Value;

        var outcome = Order(story, InstanceVerb.Stop, TimeSpan.FromSeconds(seconds));

        Assert.Equal(legal, outcome.Accepted);
        var goal = BeatAnswer.GoalOf(story.Cluster, story.Node(home));
        Assert.Equal(legal ? seconds : 30, Assert.Single(goal.Seats).Grace.TotalSeconds);
    }

    [Fact]
    public void The_first_node_of_its_object_is_where_it_starts_if_that_can_take_it()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Of("default", new PolicySpec
        {
            Placement = new PlacementPolicy { AtStart = StartPlace.Last },
        }));
        var vm = StorySpecs.Vm("a");
        var there = vm with { Spec = (VirtualMachineSpec)vm.Spec with { FirstNode = new NodeName("n5") } };
        var nowhere = vm with { Spec = (VirtualMachineSpec)vm.Spec with { FirstNode = new NodeName("n9") } };

        Assert.Contains("n9", Assert.Single(story.Apply(nowhere).Errors).Reason);
        Assert.Empty(story.Apply(there).Errors);
        story.Until(() => story.IsReady("a"));

        Assert.Equal(new NodeName("n5"), story.SeatOf("a")!.Node);
    }
}
