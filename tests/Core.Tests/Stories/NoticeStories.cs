using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SPEC 8: guests are told ahead of what is planned with them, and may approve it early.</summary>
public sealed class NoticeStories
{
    private static readonly InstanceName A = new("a");

    [Fact]
    public void A_drain_tells_a_guest_that_asks_and_goes_on_as_soon_as_it_approves()
    {
        var (story, home) = Asking();

        story.Order(id => new DrainOrder(id, home.Name, true, "ann"));
        story.Run(5);

        var told = home.NoticeOf("a")!;
        Assert.Equal((NoticeKind.Move, false), (told.Kind, told.ByPerson));
        Assert.InRange(told.Left.TotalSeconds, 20, 23);
        Assert.Contains("maintenance", told.Why);
        Assert.True(home.Running.ContainsKey(A));

        home.GuestsApprove = true;
        story.Until(() => story.IsElsewhere("a", home), limit: 5);
        Assert.Contains("approves", Ended(story));
    }

    [Fact]
    public void A_guest_that_does_not_answer_goes_at_its_time_and_not_before()
    {
        var (story, home) = Asking();
        var to = story.Hosts.Values.First(h => h != home).Name;

        story.Order(id => new MoveOrder(id, A, to, "ann"));
        Assert.True(home.Running.ContainsKey(A));
        var waited = story.Until(() => story.Happened("noticeEnded"));

        Assert.InRange(waited, 29, 31);
        Assert.Contains("approved nothing", Ended(story));
        story.Until(() => story.SeatOf("a")?.Node == to && story.IsReady("a"));
        Assert.Null(story.Instance("a").Notice);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    public void Nobody_waits_for_a_guest_that_does_not_ask(bool? reads)
    {
        var (story, home) = Asking(reads);

        story.Order(id => new DrainOrder(id, home.Name, true, "ann"));
        story.Until(() => story.IsElsewhere("a", home), limit: 5);

        Assert.Equal(0, story.Count<NoticeEnded>());
    }

    [Fact]
    public void Where_the_policy_gives_no_time_nobody_is_told()
    {
        var (story, home) = Asking();
        story.Apply(MaintenanceStories.Policy(new MaintenancePolicy { Notice = TimeSpan.Zero }));

        story.Order(id => new DrainOrder(id, home.Name, true, "ann"));
        story.Until(() => story.IsElsewhere("a", home), limit: 5);

        Assert.Equal(0, story.Count<NoticeEnded>());
    }

    [Fact]
    public void A_guest_that_shuts_down_on_the_notice_of_its_move_starts_where_it_was_to_go_and_nothing_failed()
    {
        var (story, home) = Asking();
        var to = story.Hosts.Values.First(h => h != home).Name;
        home.GuestsGoAhead = true;

        story.Order(id => new MoveOrder(id, A, to, "ann"));
        story.Until(() => story.SeatOf("a")?.Node == to && story.IsReady("a"), limit: 10);

        Assert.Contains("shut down on its notice", Ended(story));
        Assert.Empty(story.Ledger.Incidents);
        Assert.Equal(2, story.SeatOf("a")!.Generation.Value);
    }

    [Theory]
    [InlineData(InstanceVerb.Stop, false)]
    [InlineData(InstanceVerb.Restart, true)]
    public void A_guest_that_shuts_down_on_its_notice_comes_back_unless_it_was_to_stop(
        InstanceVerb verb, bool comesBack)
    {
        var (story, home) = Asking();
        home.GuestsGoAhead = true;

        story.Order(id => new InstanceOrder(id, A, verb, "ann"));
        story.Until(() => story.Happened("noticeEnded"), limit: 5);
        story.Run(5);

        Assert.Equal(comesBack, home.Running.ContainsKey(A));
        Assert.Equal(comesBack, story.SeatOf("a") is not null);
        Assert.Empty(story.Ledger.Incidents);
    }

    [Fact]
    public void A_recovery_waits_for_no_guest_also_where_one_was_told_of_a_plan()
    {
        var (story, home) = Asking();
        story.Order(id => new DrainOrder(id, home.Name, true, "ann"));
        story.Run(2);
        Assert.NotNull(story.Instance("a").Notice);

        home.PowerOff();
        story.Until(() => story.IsElsewhere("a", home), limit: 20);

        Assert.Equal(0, story.Count<NoticeEnded>());
        Assert.Null(story.Instance("a").Notice);
    }

    [Fact]
    public void A_disk_out_of_reach_is_left_without_notice()
    {
        var (story, home) = Asking();

        home.StorageLost = true;
        story.Until(() => story.IsElsewhere("a", home), limit: 60);

        Assert.Equal(0, story.Count<NoticeEnded>());
    }

    [Theory]
    [InlineData(InstanceVerb.Stop, NoticeKind.Stop)]
    [InlineData(InstanceVerb.Restart, NoticeKind.Restart)]
    public void An_ordered_stop_or_restart_is_told_first(InstanceVerb verb, NoticeKind kind)
    {
        var (story, home) = Asking();

        story.Order(id => new InstanceOrder(id, A, verb, "ann"));
        story.Run(3);

        var waiting = story.Instance("a");
        Assert.Equal((WantedState.Running, 0L), (waiting.WantedThere, waiting.RestartOrderThere));
        Assert.Equal((kind, true), (home.NoticeOf("a")!.Kind, home.NoticeOf("a")!.ByPerson));

        home.GuestsApprove = true;
        story.Until(() => story.Happened("noticeEnded"), limit: 5);
        var begun = story.Instance("a");
        Assert.Equal(
            verb == InstanceVerb.Stop ? (WantedState.Stopped, 0L) : (WantedState.Running, 1L),
            (begun.WantedThere, begun.RestartOrderThere));
    }

    [Fact]
    public void A_stop_without_any_grace_waits_for_nobody()
    {
        var (story, home) = Asking();

        story.Order(id => new InstanceOrder(id, A, InstanceVerb.Stop, "ann") { Grace = TimeSpan.Zero });
        story.Until(() => !home.Running.ContainsKey(A), limit: 3);

        Assert.Equal(0, story.Count<NoticeEnded>());
    }

    [Fact]
    public void A_plan_in_the_place_of_another_has_another_name_and_no_more_time()
    {
        var (story, home) = Asking();
        story.Order(id => new InstanceOrder(id, A, InstanceVerb.Restart, "ann"));
        story.Run(20);
        var first = story.Instance("a").Notice!;

        story.Order(id => new InstanceOrder(id, A, InstanceVerb.Stop, "ann"));
        var second = story.Instance("a").Notice!;

        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(first.Until, second.Until);
        Assert.Equal(0, story.Instance("a").RestartOrderThere);
        Assert.InRange(story.Until(() => !home.Running.ContainsKey(A)), 8, 11);
    }

    [Fact]
    public void A_plan_that_is_called_off_is_taken_back_and_nothing_happens()
    {
        var (story, home) = Asking();
        story.Order(id => new InstanceOrder(id, A, InstanceVerb.Stop, "ann"));
        story.Run(3);

        story.Order(id => new InstanceOrder(id, A, InstanceVerb.Start, "ann"));
        story.Run(40);

        Assert.Null(home.NoticeOf("a"));
        Assert.True(home.Running.ContainsKey(A));
        Assert.Equal(0, story.Count<NoticeEnded>());
    }

    [Fact]
    public void A_leader_that_takes_over_keeps_the_time_that_was_given()
    {
        var (story, home) = Asking();
        story.Order(id => new InstanceOrder(id, A, InstanceVerb.Stop, "ann"));
        var until = story.Instance("a").Notice!.Until;
        story.Run(10);

        story.RestartController().Run(3);

        Assert.Equal(until, story.Instance("a").Notice?.Until);
        Assert.InRange(story.Until(() => story.Happened("noticeEnded")), 10, 20);
    }

    [Fact]
    public void While_automation_is_disarmed_no_plan_begins()
    {
        var (story, home) = Asking();
        story.Order(id => new InstanceOrder(id, A, InstanceVerb.Stop, "ann"));
        story.Order(id => new DisarmOrder(id, AutomationMode.Freeze, TimeSpan.FromMinutes(10), "ann"));

        story.Run(60);

        Assert.True(home.Running.ContainsKey(A));
        Assert.Equal(0, story.Count<NoticeEnded>());
    }

    private static string Ended(Story story) => story.Events.Last(e => e.Name == "noticeEnded").Reason.Message;

    /// <summary>A guest that asks is told of its move, answers nothing and goes.</summary>
    internal static Story HadItsTime()
    {
        var (story, home) = Asking();
        story.Order(id => new MoveOrder(id, A, story.Hosts.Values.First(h => h != home).Name, "ann"));
        story.Until(() => story.Happened("noticeEnded"));
        return story;
    }

    private static (Story Story, SmallHost Home) Asking(bool? reads = true)
    {
        var story = Story.Of(3, 1).With(StorySpecs.Vm("a"));
        foreach (var host in story.Hosts.Values)
        {
            host.GuestsRead = reads;
        }

        story.Run(2);
        return (story, story.Home("a"));
    }
}
