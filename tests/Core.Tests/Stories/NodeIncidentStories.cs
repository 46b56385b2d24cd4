using Havm.Core.Accounting;
using Havm.Core.Changes;
using Havm.Core.Host.Watch;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>
/// SPEC 4, rows 8 and 9 on record: a path to storage that is lost, and a node that will fail, each with its times.
/// </summary>
public sealed class NodeIncidentStories
{
    [Fact]
    public void A_node_that_nobody_could_judge_at_first_was_decided_on_when_it_was_judged_failed_and_not_before()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Cut = true;
        story.Run(20);
        var open = story.OnlyIncident(IncidentKind.NodeFailed);
        Assert.Equal(("unknown", (DateTimeOffset?)null), (open.Decision.Code, open.FencedAt));

        story.Sighted(home, 6);
        story.Until(() => story.IsElsewhere("a", home));

        var judged = story.OnlyIncident(IncidentKind.NodeFailed);
        Assert.Equal(("failed", judged.FencedAt), (judged.Decision.Code, judged.DecidedAt));
        Assert.True(judged.DecidedAt - open.DecidedAt > TimeSpan.FromSeconds(10));
        Assert.Contains(judged.Decision.Evidence, e => e.Message.Contains("unchanged", StringComparison.Ordinal));
        Assert.InRange(IncidentPhases.Of(judged).Fence!.Value, 0, 1);
    }

    [Fact]
    public void A_node_that_nobody_could_judge_at_first_and_that_lives_was_cut_off_on_record_too()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        home.Cut = true;
        story.Until(() => story.Node(home.Name.Value).Verdict == NodeVerdict.Unknown);

        story.SharedStore = true;
        story.Until(() => story.Node(home.Name.Value).Verdict.IsCutOff());
        story.Run(1);

        Assert.Equal("isolated", story.OnlyIncident(IncidentKind.NodeCutOff).Decision.Code);
    }

    [Fact]
    public void What_was_acted_upon_stays_the_decision_whatever_is_learnt_of_the_node_later()
    {
        var story = Story.Of(3, 2, watchdog: WatchdogKind.TrustWarden)
            .With(StorySpecs.Vm("a", IsolationPolicy.PowerOff));
        var home = story.Home("a");
        story.SharedStore = true;
        home.Cut = true;
        story.Until(() => story.Ledger.Incidents.Values.Any(i => i.ProvenAt is not null));
        var acted = story.OnlyIncident(IncidentKind.NodeCutOff);

        story.SharedStore = false;
        story.Sighted(home, 6);
        story.Until(() => story.Node(home.Name.Value).Verdict == NodeVerdict.Failed);

        var after = story.Ledger.Incidents[acted.Id];
        Assert.True(after.Open);
        Assert.Equal((acted.Kind, acted.Decision, acted.DecidedAt), (after.Kind, after.Decision, after.DecidedAt));
    }

    [Fact]
    public void A_lost_path_is_one_incident_of_its_layer_with_all_that_it_held_and_closes_when_that_runs_elsewhere()
    {
        var story = Two();
        var home = story.Home("a");

        (home.Ailments, home.HeldByPath) = ([StorageStories.Fails], true);
        story.Run(20);
        var open = story.OnlyIncident(IncidentKind.StoragePathLost);
        Assert.Equal((home.Name.Value, "store", true), (open.Subject, open.Datastore, open.Open));
        Assert.Equal(["a", "b"], open.Instances.Keys.Select(name => name.Value));
        Assert.Contains(open.Decision.Evidence, e => e.Message == StorageStories.Fails.Message);

        home.StorageLost = true;
        story.Until(() => !story.OnlyIncident(IncidentKind.StoragePathLost).Open);

        var closed = story.OnlyIncident(IncidentKind.StoragePathLost);
        Assert.Equal(Layer.Storage, closed.Layer);
        Assert.Contains("still does not reach", closed.Outcome);
        Assert.All(closed.Instances, way => Assert.True(
            way.Value.FreedAt <= way.Value.PlacedAt && way.Value.PlacedAt <= way.Value.StartedAt
            && way.Value.StartedAt <= way.Value.ReadyAt && way.Value.To != home.Name));
        Assert.InRange(IncidentPhases.Of(closed).Decide!.Value, 19, 24);
        Assert.Equal(MoveCause.Storage, story.Changes.Select(c => c.Change).OfType<MoveBegun>().First().Note.Cause);
        Assert.Equal(1, story.Ledger.Accounts.Layers.Values.Sum(day => day.Layers[Layer.Storage].Count));
    }

    [Fact]
    public void What_goes_on_by_itself_closes_it_where_it_is_and_was_down_from_its_own_error_on()
    {
        var story = Two();
        var home = story.Home("a");
        home.Ailments = [StorageStories.Fails];
        story.Run(8);
        Assert.Empty(story.Ledger.Incidents);
        home.HeldByPath = true;

        // Its host says so for 10 s beyond the last access that failed.
        story.Run(20);
        home.HeldByPath = false;
        story.Run(5);
        Assert.True(story.OnlyIncident(IncidentKind.StoragePathLost).Open);
        home.Ailments = [];
        story.Run(2);

        var closed = story.OnlyIncident(IncidentKind.StoragePathLost);
        Assert.StartsWith("the path is back; 2 instances went on there", closed.Outcome);
        Assert.Equal(0, story.Count<MoveBegun>());
        var failed = story.Ledger.Accounts.Instances[new InstanceName("a")].Days.Values.Sum(day => day.Failed);
        Assert.InRange(failed, 8, 12);
        Assert.InRange(IncidentPhases.Of(closed).Total!.Value, 16, 20);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_was_detected_when_its_host_saw_the_first_of_them_hurt_and_not_when_it_was_heard_of(bool fails)
    {
        var story = Two();
        var home = story.Home("a");
        story.Run(30);
        var hurt = story.Wall - TimeSpan.FromSeconds(20);
        (home.HeldByPath, home.StorageLost, home.HurtAt) = (fails, !fails, hurt);
        story.Run(2);

        // What ailed the node is over by now.
        var open = story.OnlyIncident(IncidentKind.StoragePathLost);
        Assert.Equal(fails ? hurt : hurt + AilmentWatch.HangsAfter, open.DetectedAt);
        Assert.Equal(fails ? null : hurt, open.LastWell);
        Assert.Equal(fails ? hurt : null, open.Instances[new InstanceName("a")].HurtAt);
    }

    [Fact]
    public void Nor_is_a_host_believed_whose_clock_is_known_to_be_wrong()
    {
        var story = Two();
        var home = story.Home("a");
        home.Ailments = [new NodeAilment(NodeAilmentKind.ClockOff, "", "its clock is 3 h behind")];
        story.Run(5);
        (home.HeldByPath, home.HurtAt) = (true, story.Wall - TimeSpan.FromHours(3));
        story.Run(2);

        var open = story.OnlyIncident(IncidentKind.StoragePathLost);
        Assert.InRange(story.Wall - open.DetectedAt, TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void A_host_whose_clock_is_ahead_detects_nothing_in_the_future()
    {
        var story = Two();
        var home = story.Home("a");
        story.Run(5);
        (home.HeldByPath, home.HurtAt) = (true, story.Wall + TimeSpan.FromHours(3));
        story.Run(2);

        var open = story.OnlyIncident(IncidentKind.StoragePathLost);
        Assert.True(open.DetectedAt <= story.Wall && open.Instances.Values.All(way => way.HurtAt <= story.Wall));
    }

    [Fact]
    public void A_path_that_is_back_before_what_it_held_goes_on_is_still_the_one_that_was_lost()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Of("other", new DatastoreSpec()), OnTwo("a"));
        var home = story.Home("a");
        Assert.Equal("other", story.Instance("a").Machine.DatastoreWhere(_ => true));
        (home.Ailments, home.HeldByPath) = ([StorageStories.Fails], true);
        story.Run(5);
        home.Ailments = [];
        story.Run(8);
        home.HeldByPath = false;
        story.Run(5);

        var only = story.OnlyIncident(IncidentKind.StoragePathLost);
        Assert.Equal(("store", false), (only.Datastore, only.Open));
    }

    [Fact]
    public void Tries_to_go_on_while_the_path_is_lost_are_not_written_down_one_by_one()
    {
        var story = Two();
        var home = story.Home("a");
        (home.Ailments, home.HeldByPath) = ([StorageStories.Fails], true);
        story.Run(5);
        var before = story.Count<RecoveryProgressed>();

        for (var each = 0; each < 60; each++)
        {
            home.TriesToGoOn = !home.TriesToGoOn;
            story.Run(2);
        }

        Assert.Equal(before, story.Count<RecoveryProgressed>());
    }

    [Fact]
    public void With_nowhere_to_go_it_stays_open_says_what_helps_and_closes_when_the_path_is_back()
    {
        var story = Story.Of(2, 1).With(StorySpecs.Vm("a"));
        var home = story.Home("a");
        story.Order(id => new CordonOrder(id, story.Hosts.Values.First(h => h != home).Name, true, "ann"));
        (home.Ailments, home.HeldByPath, home.StorageLost) = ([StorageStories.Fails], true, true);
        story.Run(120);

        var open = story.OnlyIncident(IncidentKind.StoragePathLost);
        Assert.True(open.Open);
        Assert.Contains(IncidentWords.Advice(story.Ledger, open), line => line.Contains("`havm vm move`"));
        (home.Ailments, home.HeldByPath, home.StorageLost) = ([], false, false);
        story.Until(() => !story.OnlyIncident(IncidentKind.StoragePathLost).Open, 5);
    }

    [Fact]
    public void What_its_host_does_about_one_of_them_meanwhile_is_linked_to_it_and_counted_once()
    {
        var story = Two();
        var home = story.Home("a");
        (home.Ailments, home.HeldByPath) = ([StorageStories.Fails], true);
        story.Run(5);
        home.Incidents =
        [
            new HostIncident
            {
                Id = "1", Instance = new InstanceName("a"), Generation = story.SeatOf("a")!.Generation,
                Kind = HostIncidentKind.DiskHandleLost, Decision = new Reason("watch", "handleDead", "a: gone"),
                DetectedAt = story.Wall, DecidedAt = story.Wall, StartedAt = story.Wall, ReadyAt = story.Wall,
            },
        ];
        story.Run(2);
        (home.Ailments, home.HeldByPath) = ([], false);
        story.Until(() => story.Ledger.Incidents.Values.All(i => !i.Open), 5);

        Assert.Equal(
            story.OnlyIncident(IncidentKind.StoragePathLost).Id,
            story.OnlyIncident(IncidentKind.DiskHandleLost).Cause);
        Assert.Equal(1, story.Ledger.Accounts.Layers.Values.Sum(day => day.Layers[Layer.Storage].Count));
        Assert.Equal(1, story.Ledger.Accounts.Instances[new InstanceName("a")].Days.Values.Sum(d => d.Interruptions));
    }

    [Fact]
    public void A_new_controller_goes_on_with_the_incident_and_opens_no_second()
    {
        var story = Two();
        var home = story.Home("a");
        (home.Ailments, home.HeldByPath) = ([StorageStories.Fails], true);
        story.Run(5);
        story.RestartController().Run(10);
        Assert.True(story.OnlyIncident(IncidentKind.StoragePathLost).Open);
        home.PowerOff();
        story.Until(() => story.Ledger.Incidents.Values.All(i => !i.Open));
        Assert.Equal(1, story.Ledger.Accounts.Instances[new InstanceName("a")].Days.Values.Sum(d => d.Interruptions));
    }

    [Fact]
    public void A_node_that_will_fail_is_one_incident_whose_moves_are_planned_and_it_closes_when_it_was_given_back()
    {
        var story = Risky(PredictionMode.MoveAway);
        var home = story.Home("a");

        home.Wear = [PredictionStories.Corrected];
        story.Until(() => story.IsElsewhere("a", home) && story.IsReady("a"));
        story.Until(() => story.Node(home.Name.Value).Fit == NodeFitness.OutForRepair, 30);
        story.Run(60);

        var open = story.OnlyIncident(IncidentKind.NodeWillFail);
        Assert.True(open.Open);
        Assert.Equal("quarantine", open.Decision.Code);
        Assert.NotEmpty(open.Decision.Evidence);
        var way = open.Instances[new InstanceName("a")];
        Assert.True(way is { ReadyAt: not null, FreedAt: not null } && way.To != home.Name);
        Assert.Contains(IncidentWords.Advice(story.Ledger, open), line => line.Contains("`havm node return"));
        var account = story.Ledger.Accounts.Instances[new InstanceName("a")];
        Assert.Equal(0, account.Days.Values.Sum(day => day.Interruptions));
        Assert.Equal(0, account.Days.Values.Sum(day => day.Failed));

        home.Wear = [];
        story.Run(5);
        Assert.True(story.OnlyIncident(IncidentKind.NodeWillFail).Open);
        story.Order(id => new ReturnOrder(id, home.Name, Now: false, "ann"));
        story.Until(() => !story.OnlyIncident(IncidentKind.NodeWillFail).Open, 20);

        Assert.Equal(Layer.Prediction, story.OnlyIncident(IncidentKind.NodeWillFail).Layer);
        Assert.Equal(1, story.Ledger.Accounts.Layers.Values.Sum(day => day.Layers[Layer.Prediction].Count));
    }

    [Fact]
    public void Sensors_that_only_wear_are_no_incident_and_ones_that_calm_down_close_theirs_after_probation()
    {
        var story = PredictionStories.Watched();
        Assert.Empty(story.Ledger.Incidents);
        var home = story.Home("a");
        var less = home.Wear;
        home.Wear = [PredictionStories.Corrected];
        story.Until(() => story.Ledger.Incidents.Count == 1, 5);

        home.Wear = less;
        story.Run(30);
        Assert.True(story.OnlyIncident(IncidentKind.NodeWillFail).Open);
        story.Until(
            () => !story.OnlyIncident(IncidentKind.NodeWillFail).Open,
            (int)story.Cluster.Policy.NodeLife.Probation.TotalSeconds);
        Assert.Contains("its sensors do not say so any more", story.OnlyIncident(IncidentKind.NodeWillFail).Outcome);
    }

    [Fact]
    public void A_node_that_is_retired_has_none_open()
    {
        var story = Risky(PredictionMode.MoveAway);
        var home = story.Home("a");
        home.Wear = [PredictionStories.Corrected];
        story.Until(() => story.IsElsewhere("a", home) && story.IsReady("a"));
        story.Order(id => new RetireOrder(id, home.Name, "ann"));
        story.Until(() => story.Ledger.Incidents.Values.All(i => !i.Open));
        Assert.Equal("the node is retired", story.OnlyIncident(IncidentKind.NodeWillFail).Outcome);
    }

    /// <summary>Two VMs that must share a node.</summary>
    private static SpecObject OnTwo(string name) => StorySpecs.Of(name, new VirtualMachineSpec
    {
        Template = StorySpecs.Template(),
        Disks = [new DiskSpec { Name = "data", Size = Bytes.GiB(1), Datastore = "other" }],
    });

    private static Story Two() => Story.Of(3, 2).With(
        StorySpecs.Vm("a"), StorySpecs.Vm("b"),
        StorySpecs.Of("pair", new PlacementRuleSpec
        {
            Together = [new InstanceName("a"), new InstanceName("b")],
        }));

    private static Story Risky(PredictionMode mode) => Story.Of(3, 2).With(
        StorySpecs.Of("default", new PolicySpec { Prediction = new() { Mode = mode } }), StorySpecs.Vm("a"));
}
