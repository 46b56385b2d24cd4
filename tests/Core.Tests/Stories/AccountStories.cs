using Havm.Core.Accounting;
using Havm.Core.Changes;
using Havm.Core.Incidents;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>
/// What becomes of an instance's time, and what failures took, on record for longer than the incidents.
/// </summary>
public sealed class AccountStories
{
    [Fact]
    public void A_node_failure_counts_as_failed_from_the_last_sign_of_life_until_ready_again_and_is_one_interruption()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"), StorySpecs.Vm("b"));
        story.Run(60);
        var home = story.Home("a");
        var other = story.Home("b") == home ? null : "b";
        home.PowerOff();
        story.Until(() => story.Ledger.Incidents.Values.Any(i => !i.Open));
        story.Run(60);

        var way = story.OnlyIncident(IncidentKind.NodeFailed).Instances[new InstanceName("a")];
        var failed = way.ReadyAt!.Value - story.OnlyIncident(IncidentKind.NodeFailed).LastWell!.Value;
        var figures = FiguresOf(story, "a");
        Assert.Equal(failed.TotalSeconds, figures.Account.Failed, 0.001);
        Assert.Equal(failed.TotalSeconds, figures.Account.Longest, 0.001);
        Assert.Equal((1, 1), (figures.Account.Interruptions, figures.Account.ByLayer[Layer.Node]));
        Assert.Equal(0, figures.Account.Unready + figures.Unobserved);
        Assert.True(other is null || FiguresOf(story, other).Account.Interruptions == 0);
    }

    [Fact]
    public void Every_second_since_it_exists_counts_for_exactly_one_thing()
    {
        var life = new RandomLife(11);
        life.Live(120);

        var accounts = life.Story.Ledger.Accounts;
        Assert.Equal(
            life.Story.Ledger.Instances.Values.Select(i => i.Name), accounts.Instances.Keys);
        Assert.All(accounts.Instances.Values, account =>
        {
            var figures = FiguresOf(life.Story, account.Name.Value);
            Assert.Equal((life.Story.Wall - account.Since).TotalSeconds, figures.Seconds, 0.001);
            Assert.True(
                figures.Seconds + 0.001 >= figures.Unseen + figures.Account.NotUp, $"{account.Name}: {figures}");
            Assert.InRange(figures.Availability ?? 1, 0, 1);
        });
    }

    [Fact]
    public void What_is_moved_or_restarted_by_order_is_planned_and_no_interruption()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        story.Run(30);
        var aim = story.Hosts.Values.First(h => h != story.Home("a")).Name;
        story.Order(id => new MoveOrder(id, new InstanceName("a"), aim, "ann"));
        story.Until(() => story.SeatOf("a")?.Node == aim && story.IsReady("a"));
        story.Run(5);

        var figures = FiguresOf(story, "a");
        Assert.True(figures.Account.Planned > 0);
        Assert.Equal((0, 0.0), (figures.Account.Interruptions, figures.Account.Failed + figures.Account.Unready));
        Assert.Equal(1, figures.ButForPlanned);
        Assert.True(figures.Availability < 1);
    }

    [Fact]
    public void Time_in_which_it_is_stopped_by_order_is_no_exposure()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        story.Order(id => new InstanceOrder(id, new InstanceName("a"), InstanceVerb.Stop, "ann"));
        story.Run(1000);

        var figures = FiguresOf(story, "a");
        Assert.InRange(figures.Account.Off, 999, 1001);
        Assert.True(figures.Exposure < 30);
    }

    [Fact]
    public void While_no_controller_looks_nothing_is_guessed_and_what_hosts_tell_afterwards_is_counted()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"), StorySpecs.Vm("b"));
        story.Run(120);
        var (went, host) = (story.Wall, story.Home("a"));
        story.Outage(600);
        host.Incidents =
        [
            new HostIncident
            {
                Id = "1",
                Instance = new InstanceName("a"),
                Generation = new Generation(1),
                Kind = HostIncidentKind.GuestPanic,
                Decision = new Reason("watch", "panic", "a: the guest panicked"),
                DetectedAt = went.AddSeconds(100),
                DecidedAt = went.AddSeconds(100),
                StartedAt = went.AddSeconds(103),
                ReadyAt = went.AddSeconds(107),
            },
        ];
        story.Run(10);

        var (a, b) = (FiguresOf(story, "a"), FiguresOf(story, "b"));
        Assert.InRange(b.Unobserved, 600, 661);
        Assert.Equal((0, 0.0), (b.Account.Interruptions, b.Account.NotUp - b.Account.Planned));
        Assert.Equal((1, 7.0), (a.Account.Interruptions, Math.Round(a.Account.Failed, 3)));
        Assert.Equal(b.Unobserved - 7, a.Unobserved, 0.5);
        Assert.Single(story.Ledger.Accounts.Gaps);
    }

    [Fact]
    public void A_node_that_was_only_unheard_leaves_a_gap_and_no_interruption()
    {
        var story = Story.Of(4, 2, bmc: false).With(StorySpecs.Vm("a", IsolationPolicy.LeaveRunning));
        story.Run(30);
        var home = story.Home("a");
        home.Cut = true;
        story.Run(20);
        home.Cut = false;
        story.Reconnect(home);
        story.Run(10);

        var figures = FiguresOf(story, "a");
        Assert.InRange(figures.Unobserved, 19, 23);
        Assert.Equal((0, 0.0), (figures.Account.Interruptions, figures.Account.Failed));
        Assert.Equal(Standing.Up, story.Ledger.Accounts.Instances[new InstanceName("a")].Standing);
    }

    [Fact]
    public void A_new_controller_goes_on_with_the_accounts_of_the_one_before_it()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        story.Run(60);
        story.Home("a").PowerOff();
        story.Run(3).RestartController();
        story.Until(() => story.IsReady("a") && story.Ledger.Incidents.Values.All(i => !i.Open));
        story.Run(2);

        var figures = FiguresOf(story, "a");
        Assert.Equal(1, figures.Account.Interruptions);
        Assert.True(figures.Account.Failed > 0);
        Assert.Equal(2, story.Ledger.Accounts.Watch!.Epoch.Value);
    }

    [Fact]
    public void What_failures_took_is_right_after_their_incidents_were_forgotten()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        for (var i = 0; i < 12; i++)
        {
            var batch = i;
            story.Home("a").Incidents =
            [
                .. Enumerable.Range(0, 50).Select(n => new HostIncident
                {
                    Id = $"{batch}-{n}",
                    Instance = new InstanceName("a"),
                    Generation = new Generation(1),
                    Kind = HostIncidentKind.ProcessExit,
                    Decision = new Reason("watch", "exit", "a: its process ended"),
                    DetectedAt = story.Wall,
                    DecidedAt = story.Wall,
                    StartedAt = story.Wall.AddSeconds(1),
                    ReadyAt = story.Wall.AddSeconds(n < 25 ? 2 : 4),
                }),
            ];
            story.Run(5);
        }

        Assert.Equal(IncidentDecider.ClosedKept, story.Ledger.Incidents.Count);
        var tally = story.Ledger.Accounts.Layers.Values.Aggregate(LayerDay.Empty, (a, b) => a + b)
            .Layers[Layer.Machine];
        Assert.Equal((600, 600), (tally.Count, tally.Repair.Count));
        Assert.Equal((3.0, 4.0), (tally.Repair.Mean!.Value, tally.Repair.Max));
        Assert.InRange(tally.Repair.Quantile(0.5)!.Value, 2 * 0.975, 2 * 1.025);
        Assert.InRange(tally.Repair.Quantile(0.95)!.Value, 4 * 0.975, 4);
    }

    [Fact]
    public void The_days_of_what_is_deleted_go_into_the_sum_of_its_owner_and_then_of_the_cluster()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"), StorySpecs.Vm("b"));
        story.Home("a").PowerOff();
        story.Until(() => story.Ledger.Incidents.Values.Any(i => !i.Open));
        var before = FiguresOf(story, "a");
        Assert.Empty(story.Delete("VirtualMachine/a").Errors);
        story.Until(() => !story.Exists("a"));
        story.Run(1);

        var accounts = story.Ledger.Accounts;
        Assert.DoesNotContain(new InstanceName("a"), accounts.Instances.Keys);
        var gone = Figures.Of(accounts.Gone[""], Days.Begin(0));
        Assert.Equal(before.Account.Failed, gone.Account.Failed, 0.001);
        Assert.Equal(before.Account.Interruptions, gone.Account.Interruptions);
        Assert.True(gone.Seconds >= before.Seconds);
    }

    [Fact]
    public void Only_what_changes_is_written_and_in_quiet_time_one_mark_a_minute()
    {
        var story = Story.Of(3, 2).With([.. Enumerable.Range(0, 12).Select(i => StorySpecs.Vm($"vm{i}"))]);
        story.Run(5);
        var (turned, looked) = (story.Count<AccountTurned>(), story.Count<AccountsLooked>());
        story.Run(600);

        Assert.Equal(turned, story.Count<AccountTurned>());
        Assert.Equal(10, story.Count<AccountsLooked>() - looked);
    }

    private static Figures FiguresOf(Story story, string name)
    {
        var accounts = story.Ledger.Accounts;
        return Figures.Of(accounts.Instances[new InstanceName(name)], Days.Begin(0), story.Wall, accounts.Gaps);
    }
}
