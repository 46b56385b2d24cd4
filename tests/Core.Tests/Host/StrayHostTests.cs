using Havm.Core.Host.Goals;
using Havm.Model;
using static Havm.Core.Tests.Host.HostStory;

namespace Havm.Core.Tests.Host;

/// <summary>SPEC 6: what a host does with a machine that has no seat there: it tells of it.</summary>
public sealed class StrayHostTests
{
    [Fact]
    public void What_has_no_seat_is_told_and_ended_only_when_its_floor_is_raised()
    {
        var before = new HostStory();
        before.Goal(1, []);
        var after = new HostStory(before.Kept, settle: false);
        after.Processes[new("web")] = new FoundProcess(new("web"), new(4), 77, Seat("web", 4), true);
        after.Take(Warden());
        after.Take(after.Inventory());
        after.Pass(3);
        Assert.Equal(0, after.Count<HostEffect.End>());

        after.Goal(1, []);
        after.Pass(60);
        Assert.Equal(new Generation(4), after.Seen("web")!.Generation);
        Assert.Equal(0, after.Count<HostEffect.End>());

        after.Goal(2, [], [("web", 4)]);

        Assert.Empty(after.Processes);
    }

    [Fact]
    public void One_that_names_no_generation_is_left_alone_until_a_seat_is_here_and_then_is_that_seats()
    {
        var story = new HostStory();
        story.Goal(1, []);
        story.Processes[new("web")] = new FoundProcess(new("web"), Generation.None, 77, null, true);
        story.Take(story.Inventory());
        story.Pass(60);
        Assert.Equal(Generation.None, story.Seen("web")!.Generation);
        Assert.Equal(0, story.Count<HostEffect.Adopt>());

        story.Goal(2, [Seat("web", 3)]);
        story.Take(story.Inventory());
        story.Pass(10);

        Assert.Equal((new Generation(3), 77), (story.Seen("web")!.Generation, story.Seen("web")!.Pid));
        Assert.Equal(0, story.Count<HostEffect.End>() + story.Count<HostEffect.Start>());
        Assert.True(story.Report.InventoryComplete);
    }

    [Fact]
    public void One_that_was_taken_up_before_its_seat_was_known_is_told_once_what_it_is()
    {
        var story = new HostStory();
        story.Goal(1, []);
        story.Processes[new("web")] = new FoundProcess(new("web"), new(4), 77, null, true);
        story.Take(story.Inventory());
        story.Pass(10);
        Assert.Equal(1, story.Count<HostEffect.Adopt>());
        Assert.Equal(0, story.Count<HostEffect.Introduce>());

        story.Goal(2, [Seat("web", 4)]);
        story.Pass(60);

        var told = Assert.Single(story.Done.OfType<HostEffect.Introduce>());
        Assert.Equal(new Generation(4), told.Seat.Generation);
    }

    [Fact]
    public void A_guest_is_told_once_of_what_its_load_balancer_sees_and_of_each_order_to_restart_its_role()
    {
        var story = new HostStory();
        story.Goal(1, [Seat("web", 4)]);
        story.Pass(3);
        Assert.Equal(0, story.Count<HostEffect.Introduce>());

        story.Goal(2, [Seat("web", 4) with { EndpointTrouble = "L7STS 500" }]);
        story.Pass(10);
        Assert.Equal("L7STS 500", Assert.Single(story.Done.OfType<HostEffect.Introduce>()).Seat.EndpointTrouble);

        story.Goal(3, [Seat("web", 4) with { EndpointTrouble = "L7STS 500", RoleRestarts = 1 }]);
        story.Pass(10);
        Assert.Equal(1, story.Done.OfType<HostEffect.Introduce>().Last().Seat.RoleRestarts);
        Assert.Equal(2, story.Count<HostEffect.Introduce>());
        Assert.Equal(0, story.Count<HostEffect.End>());
    }

    [Fact]
    public void One_that_is_taken_up_with_its_seat_needs_no_telling()
    {
        var story = new HostStory();
        story.Goal(1, [Seat("web", 4)]);
        var next = new HostStory(story.Kept, settle: false);
        next.Processes[new("web")] = new FoundProcess(new("web"), new(4), 77, null, true);
        next.Take(Warden());
        next.Take(next.Inventory());
        next.Pass(60);

        Assert.NotNull(Assert.Single(next.Done.OfType<HostEffect.Adopt>()).Found.Seat);
        Assert.Equal(0, next.Count<HostEffect.Introduce>());
    }
}
