using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Core.Strays;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SPEC 6: what somebody moved or started by hand is adopted, never doubled.</summary>
public sealed class StrayStories
{
    private static readonly InstanceName A = new("a");

    private static Story Running() => Story.Of(3, 2).With(StorySpecs.Vm("a"));

    private static SmallHost Other(Story story, SmallHost home, int which = 0) =>
        story.Hosts.Values.Where(h => h != home).ElementAt(which);

    [Fact]
    public void The_seat_follows_it_at_its_generation_and_nothing_is_stopped_or_started()
    {
        var story = Running();
        var home = story.Home("a");
        var there = Other(story, home);
        story.MoveByHand(A, home, there);

        var seconds = story.Until(() => story.SeatOf("a")!.Node == there.Name);
        story.Run(30);

        Assert.InRange(seconds, StrayDecider.Settle.TotalSeconds, StrayDecider.Settle.TotalSeconds + 2);
        Assert.Equal(new Generation(1), story.SeatOf("a")!.Generation);
        Assert.Equal(new Generation(1), there.Running[A].Generation);
        Assert.Empty(home.Running);
        Assert.Equal(new Generation(1), story.Node(home.Name.Value).Floors[A]);
        Assert.Empty(story.Instance("a").Unproven);
        Assert.Equal(1, story.Count<SeatTaken>());
    }

    [Fact]
    public void While_the_node_of_its_seat_shows_one_too_nothing_is_adopted_and_a_person_is_told()
    {
        var story = Running();
        var home = story.Home("a");
        var there = Other(story, home);
        there.Running[A] = home.Running[A] with { ByHand = true };

        story.Run(60);

        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
        Assert.Single(there.Running);
        Assert.Single(home.Running);
        Assert.True(story.OnlyIncident(IncidentKind.CopyFound).Open);
        there.Running.Clear();
        story.Until(() => !story.OnlyIncident(IncidentKind.CopyFound).Open);
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Theory]
    [InlineData("incomplete")]
    [InlineData("silent")]
    public void Without_a_complete_word_of_the_node_of_its_seat_nothing_is_adopted(string how)
    {
        var story = Running();
        var home = story.Home("a");
        (home.InventoryIncomplete, home.Cut) = (how == "incomplete", how == "silent");
        story.MoveByHand(A, home, Other(story, home));

        story.Run(25);

        Assert.Equal(0, story.Count<InstanceAdopted>());
        Assert.Single(Other(story, home).Running);
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);
    }

    [Fact]
    public void Two_copies_without_a_seat_are_left_to_a_person()
    {
        var story = Running();
        var home = story.Home("a");
        var process = home.Running[A] with { ByHand = true };
        story.MoveByHand(A, home, Other(story, home));
        Other(story, home, 1).Running[A] = process;

        story.Run(60);

        Assert.Equal(0, story.Count<InstanceAdopted>());
        Assert.Contains(story.Ledger.Incidents.Values, i => i is { Kind: IncidentKind.CopyFound, Open: true });
    }

    [Fact]
    public void A_copy_that_a_later_seat_has_replaced_is_never_adopted_and_is_ended()
    {
        var story = Running();
        var home = story.Home("a");
        var old = home.Running[A] with { ByHand = true };
        home.GivenUp.Add((A, new Generation(1)));
        home.Running.Clear();
        story.Until(() => story.IsElsewhere("a", home) && story.IsReady("a"));
        var third = story.Hosts.Values.First(h => h != home && h != story.Home("a"));
        third.Running[A] = old;

        story.Until(() => third.Running.Count == 0);

        Assert.Equal(0, story.Count<InstanceAdopted>());
        Assert.Single(story.Home("a").Running);
        Assert.Equal(new Generation(1), story.Node(third.Name.Value).Floors[A]);
    }

    [Fact]
    public void A_machine_of_an_instance_that_was_deleted_is_ended()
    {
        var story = Running();
        var there = Other(story, story.Home("a"));
        var old = story.Home("a").Running[A];
        story.Delete("VirtualMachine/a");
        story.Until(() => !story.Exists("a"));
        there.Running[A] = old;

        story.Until(() => there.Running.Count == 0);
    }

    [Fact]
    public void Back_where_it_was_taken_from_its_generation_is_withdrawn_and_it_is_ended()
    {
        var story = Running();
        var home = story.Home("a");
        var there = Other(story, home);
        story.MoveByHand(A, home, there);
        story.Until(() => story.SeatOf("a")!.Node == there.Name);
        story.Run(10);
        story.MoveByHand(A, there, home);

        story.Run(10);

        Assert.Empty(home.Running);
    }

    [Fact]
    public void One_that_nobody_named_runs_on_untouched_until_its_object_says_what_it_is()
    {
        var story = Story.Of(3, 2);
        var host = story.Host("n4");
        host.Running[A] = new SmallProcess(Generation.None, IsolationPolicy.PowerOff, ByHand: true);
        story.Run(60);
        Assert.Single(host.Running);

        story.Apply(StorySpecs.Vm("a"));
        story.Until(() => story.Exists("a") && story.SeatOf("a") is not null);
        story.Run(5);

        Assert.Equal(host.Name, story.SeatOf("a")!.Node);
        Assert.Equal((1, 1), (story.SeatOf("a")!.Generation.Value, host.Running[A].Generation.Value));
        Assert.Equal(0, story.Count<SeatTaken>());
    }

    [Fact]
    public void Adopted_it_is_recovered_once_when_its_new_node_dies_and_not_by_its_lease()
    {
        var story = Story.Of(3, 2, watchdog: WatchdogKind.Independent)
            .With(StorySpecs.Vm("a", IsolationPolicy.PowerOff));
        var home = story.Home("a");
        var there = Other(story, home, 2);
        story.MoveByHand(A, home, there);
        story.Until(() => story.SeatOf("a")!.Node == there.Name);
        Assert.Equal(IsolationPolicy.LeaveRunning, story.SeatOf("a")!.Isolation);
        story.Run(5);
        there.PowerOff();

        story.Until(() => story.IsElsewhere("a", there) && story.IsReady("a"));

        Assert.Equal(new Generation(2), story.SeatOf("a")!.Generation);
        Assert.Single(story.Hosts.Values, h => h.Running.ContainsKey(A));
    }

    [Fact]
    public void A_node_that_has_not_acknowledged_that_its_seat_is_gone_is_waited_for_before_any_other_start()
    {
        var story = Running();
        var home = story.Home("a");
        var there = Other(story, home, 2);
        story.MoveByHand(A, home, there);
        story.Until(() => story.Instance("a") is { Unproven.IsEmpty: false });
        home.Cut = true;
        home.Bmc = BmcMood.Dead;
        there.PowerOff();

        story.Run(60);

        Assert.Null(story.SeatOf("a"));
        Assert.Equal(home.Name, Assert.Single(story.Instance("a").Unproven).Node);
    }

    [Fact]
    public void What_runs_somewhere_is_not_started_though_it_has_no_seat_and_is_stopped_there_when_that_is_wanted()
    {
        var story = Running();
        var home = story.Home("a");
        story.Order(id => new InstanceOrder(id, A, InstanceVerb.Stop, "ann"));
        story.Until(() => story.SeatOf("a") is null && story.Instance("a").Unproven.IsEmpty);
        var there = Other(story, home);
        there.Running[A] = new SmallProcess(new Generation(1), IsolationPolicy.LeaveRunning, ByHand: true);
        story.Run(2);
        story.Order(id => new InstanceOrder(id, A, InstanceVerb.Start, "ann"));

        story.Until(() => story.SeatOf("a") is not null);

        Assert.Equal(there.Name, story.SeatOf("a")!.Node);
        Assert.Equal(1, story.Count<SeatTaken>());
        story.Order(id => new InstanceOrder(id, A, InstanceVerb.Stop, "ann"));
        story.Until(() => story.SeatOf("a") is null && there.Running.Count == 0);
    }

    [Fact]
    public void While_automation_is_off_nothing_is_adopted_and_then_it_is()
    {
        var story = Running();
        var home = story.Home("a");
        var there = Other(story, home);
        story.Order(id => new DisarmOrder(id, AutomationMode.HandsOff, TimeSpan.FromHours(1), "ann"));
        story.Run(3);
        story.MoveByHand(A, home, there);
        story.Run(120);
        Assert.Equal(home.Name, story.SeatOf("a")!.Node);

        story.Order(id => new ArmOrder(id, "ann"));
        story.Until(() => story.SeatOf("a")!.Node == there.Name, 10);
        story.Run(30);

        Assert.Single(there.Running);
        Assert.Empty(home.Running);
    }

    [Fact]
    public void An_unmanaged_one_that_was_moved_is_adopted_in_the_books_and_taken_back_where_it_runs()
    {
        var story = Running();
        var home = story.Home("a");
        var there = Other(story, home);
        story.Order(id => new InstanceOrder(id, A, InstanceVerb.Unmanage, "ann"));
        story.Run(3);
        story.MoveByHand(A, home, there);
        story.Until(() => story.SeatOf("a")!.Node == there.Name);
        story.Order(id => new InstanceOrder(id, A, InstanceVerb.Start, "ann"));

        story.Run(60);

        Assert.Equal(there.Name, story.SeatOf("a")!.Node);
        Assert.Single(there.Running);
        Assert.Equal(1, story.Count<SeatTaken>());
    }
}
