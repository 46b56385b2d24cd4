using Havm.Core.Changes;
using Havm.Core.Leases;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>
/// SPEC 4: whoever works on a guest from outside marks it busy; its host is told, automation leaves it where it is, and
/// the mark ends whatever happens.
/// </summary>
public sealed class BusyStories
{
    private static readonly InstanceName A = new("a");

    private static OrderOutcome Mark(Story story, string name = "a", double minutes = 30, string why = "backup") =>
        story.Order(id => new BusyOrder(id, new InstanceName(name), TimeSpan.FromMinutes(minutes), why, "ann"));

    private static OrderOutcome Over(Story story, string name = "a") =>
        story.Order(id => new BusyEndOrder(id, new InstanceName(name), "ann"));

    private static BusyWord? Told(Story story, string name = "a") =>
        BeatAnswer.GoalOf(story.Cluster, story.Node(story.Home(name).Name.Value)).Seats
            .Single(seat => seat.Machine.Instance.Value == name).Busy;

    private static Story One() => Story.Of(3, 2).With(StorySpecs.Vm("a"));

    [Fact]
    public void Its_host_is_told_what_is_left_and_the_mark_ends_by_itself_in_words()
    {
        var story = One();
        var before = story.Node(story.Home("a").Name.Value).GoalRevision;

        var answer = Mark(story);

        Assert.Contains("`havm vm busy a --over`", Assert.Single(answer.Objects).Message);
        Assert.Equal(new BusyWord(TimeSpan.FromMinutes(30), "backup"), Told(story));
        Assert.Equal(before + 1, story.Node(story.Home("a").Name.Value).GoalRevision);
        story.Run(1200);
        Assert.InRange(Told(story)!.Left.TotalSeconds, 599, 600);
        story.Run(601);

        Assert.Null(Told(story));
        Assert.Null(story.Instance("a").Busy);
        Assert.Equal(before + 2, story.Node(story.Home("a").Name.Value).GoalRevision);
        Assert.Equal(
            ["busyMarked", "busyEnded"],
            story.Events.Where(e => e.Name.StartsWith("busy", StringComparison.Ordinal)).Select(e => e.Name));
        Assert.Contains("counted anew", story.Events.Single(e => e.Name == "busyEnded").Reason.Message);
    }

    [Fact]
    public void It_ends_by_order_and_a_newer_mark_takes_the_place_of_an_older()
    {
        var story = One();
        Mark(story, minutes: 600);
        Mark(story, minutes: 5, why: "update of its system");

        Assert.Equal("update of its system", Told(story)!.Why);
        Assert.Equal(ObjectChange.Changed, Assert.Single(Over(story).Objects).Change);
        Assert.Null(Told(story));
        Assert.Equal(ObjectChange.Unchanged, Assert.Single(Over(story).Objects).Change);
    }

    [Fact]
    public void What_is_out_of_bounds_or_unknown_is_refused_with_what_to_write()
    {
        var story = One();

        Assert.Contains("1m to 24h", Assert.Single(Mark(story, minutes: 0.5).Errors).Remedy);
        Assert.Contains("1m to 24h", Assert.Single(Mark(story, minutes: 1441).Errors).Remedy);
        Assert.Equal("why", Assert.Single(Mark(story, why: " ").Errors).Field);
        Assert.Equal("why", Assert.Single(Mark(story, why: "two\nlines").Errors).Field);
        Assert.Equal("why", Assert.Single(Mark(story, why: new string('x', 101)).Errors).Field);
        Assert.Contains("does not exist", Assert.Single(Mark(story, "b").Errors).Reason);
        Assert.Contains("does not exist", Assert.Single(Over(story, "b").Errors).Reason);
        Assert.Equal(0, story.Count<BusyMarked>());
    }

    [Fact]
    public void It_outlives_the_controller_and_ends_while_none_is_there()
    {
        var story = One();
        Mark(story);

        story.RestartController().Run(1);
        Assert.NotNull(Told(story));
        story.Outage(1900);
        story.Run(1);

        Assert.Null(Told(story));
        Assert.Equal(1, story.Count<BusyEnded>());
    }

    [Fact]
    public void A_clock_that_was_ahead_as_it_was_marked_does_not_make_it_last()
    {
        var story = One();
        story.WallShift = TimeSpan.FromDays(400);
        story.Run(1);
        Mark(story);

        story.WallShift = TimeSpan.Zero;
        story.Run(1);
        Assert.True(Told(story)!.Left <= TimeSpan.FromMinutes(30));
        Assert.Contains(story.Events, e => e.Reason.Code == "clockSetBack");
        story.Run(1801);

        Assert.Null(story.Instance("a").Busy);
    }

    [Fact]
    public void A_clock_that_is_kept_right_in_small_steps_changes_nothing()
    {
        var story = One();
        Mark(story);

        story.WallShift = TimeSpan.FromSeconds(-2);
        story.Run(2);

        Assert.Equal(1, story.Count<BusyMarked>());
    }

    [Fact]
    public void Failback_waits_for_its_end_and_says_so_and_an_operator_who_names_it_is_obeyed()
    {
        var story = One();
        var home = story.Home("a");
        var away = story.Hosts.Values.Where(h => h != home).Select(h => h.Name).ToList();
        Mark(story);
        story.Apply(StorySpecs.Of("home", new PlacementRuleSpec
        {
            Pin = [A], To = [new PreferredNode(away[0])], Hard = true,
        }));
        story.Run(600);

        Assert.Equal(home, story.Home("a"));
        var held = Assert.Single(story.Last.Held);
        Assert.Equal("busyGuard", held.Guard.Code);
        Assert.Contains("a is busy (backup): a moves after", held.Guard.Message);

        Assert.Empty(story.Order(id => new MoveOrder(id, A, away[0], "ann")).Errors);
        story.Until(() => story.SeatOf("a")?.Node == away[0] && story.IsReady("a"));
    }

    [Fact]
    public void What_shares_its_node_by_a_rule_waits_with_it()
    {
        var story = Story.Of(3, 1).With(
            StorySpecs.Vm("a"), StorySpecs.Vm("b"),
            StorySpecs.Of("pair", new PlacementRuleSpec { Together = [A, new("b")] }));
        var home = story.Home("a");
        Mark(story);
        story.Order(id => new DrainOrder(id, home.Name, true, "ann"));

        story.Run(300);
        Assert.Equal(0, story.Count<MoveBegun>());
        Over(story);
        story.Until(() => story.IsElsewhere("a", home) && story.IsElsewhere("b", home));
    }

    [Fact]
    public void A_drain_names_it_first_moves_all_others_and_it_goes_when_its_mark_ends()
    {
        var story = Story.Of(3, 1).With(
            StorySpecs.Of("default", new PolicySpec { Maintenance = new MaintenancePolicy { MovesAtOnce = 1 } }),
            StorySpecs.Vm("a"), StorySpecs.Vm("b"),
            StorySpecs.Of("home", new PlacementRuleSpec
            {
                Pin = [A, new("b")], To = [new PreferredNode(new NodeName("n1"))],
            }));
        var home = story.Host("n1");
        Assert.Equal((home, home), (story.Home("a"), story.Home("b")));
        Mark(story, minutes: 10);

        var answer = story.Order(id => new DrainOrder(id, home.Name, true, "ann"));

        Assert.Contains("a waits while somebody works on it", Assert.Single(answer.Objects).Message);
        story.Until(() => story.IsElsewhere("b", home) && story.IsReady("b"));
        Assert.Equal(home, story.Home("a"));
        story.Until(() => story.IsElsewhere("a", home), limit: 700);
    }

    [Fact]
    public void Load_is_evened_out_by_moving_others()
    {
        var story = RebalanceStories.Lopsided(
            new RebalancePolicy { Threshold = 0.3, Hold = TimeSpan.FromSeconds(60) });
        var names = story.Ledger.Instances.Values.Select(i => i.Name.Value).ToList();
        Mark(story, names[0], minutes: 60);

        story.Run(1500);

        var moved = story.Changes.Select(c => c.Change).OfType<MoveBegun>().Select(m => m.Name.Value).ToList();
        Assert.NotEmpty(moved);
        Assert.DoesNotContain(names[0], moved);
    }

    [Fact]
    public void A_dead_node_is_recovered_from_as_ever()
    {
        var story = One();
        var home = story.Home("a");
        Mark(story);

        home.PowerOff();

        story.Until(() => story.IsElsewhere("a", home) && story.IsReady("a"));
    }

    [Fact]
    public void A_balancer_s_word_is_not_held_against_it_and_the_next_rung_waits_anew()
    {
        var limit = TimeSpan.FromSeconds(60);
        var story = RotationStories.Behind(3, limit);
        story.Endpoints["shop-web-1"] = Endpoint.Wrong;
        story.Until(() => story.Instance("shop-web-1").Endpoint is not null, limit: 2);
        Mark(story, "shop-web-1", minutes: 10);
        Mark(story, "shop-web-0", minutes: 10);
        story.Endpoints["shop-web-0"] = Endpoint.Wrong;

        story.Run(595);
        Assert.Null(story.Instance("shop-web-0").Endpoint);
        Assert.Equal(0, story.Count<EndpointEscalated>());
        story.Until(() => story.Instance("shop-web-1").Busy is null, limit: 10);

        Assert.InRange(story.Until(() => story.Count<EndpointEscalated>() > 0), 59, 62);
    }

    [Fact]
    public void While_automation_is_disarmed_a_mark_comes_and_ends_too()
    {
        var story = One();
        story.Order(id => new DisarmOrder(id, AutomationMode.Freeze, TimeSpan.FromHours(2), "ann"));

        Mark(story, minutes: 1);
        Assert.NotNull(Told(story));
        story.Run(62);

        Assert.Null(story.Instance("a").Busy);
    }

    /// <summary>A life in which each kind of change of this room occurs.</summary>
    internal static Story LivedThrough()
    {
        var story = One();
        Mark(story);
        Over(story);
        return story.Run(1);
    }
}
