using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SPEC 4, row 9: a node whose sensors say that it will fail.</summary>
public sealed class PredictionStories
{
    internal static readonly WearReading Corrected = new(WearKind.MemoryCorrected, "mc0", 700, 500);
    private static readonly WearReading Fan = new(WearKind.FanFailed, "hwmon1/fan2", 1, 1);

    [Fact]
    public void What_makes_failing_likely_is_told_once_with_its_reasons_and_nothing_is_done_by_default()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        var home = story.Home("a");

        home.Wear = [Corrected, Fan];
        story.Run(5);
        home.Wear = [Corrected with { Lately = 600 }, Fan];
        story.Run(60);

        var risk = story.Node(home.Name.Value).Risk!;
        Assert.Equal((RiskLevel.Likely, 2), (risk.Level, risk.Why.Evidence.Length));
        Assert.Contains("mc0: 500 memory errors were corrected", risk.Why.Message);
        Assert.Equal(1, story.Count<NodeWillFail>());
        Assert.Equal((home, NodeFitness.Fit), (story.Home("a"), story.Node(home.Name.Value).Fit));
        home.Wear = [];
        story.Until(() => story.Node(home.Name.Value).Risk is null, 5);
    }

    [Fact]
    public void What_has_a_spare_is_watched()
    {
        var story = Watched();
        Assert.Equal(RiskLevel.Watch, story.Node(story.Home("a").Name.Value).Risk!.Level);
        Assert.Equal(0, story.Count<NodeWillFail>());
        story.Home("a").Wear = [Corrected];
        story.Until(() => story.Happened("nodeWillFail"), 5);
    }

    [Fact]
    public void Cordon_keeps_new_seats_away_and_a_diagnosis_that_agrees_puts_it_out_for_repair()
    {
        var story = With(PredictionMode.Cordon);
        var home = story.Home("a");

        home.Wear = [Corrected];
        story.Until(() => story.Node(home.Name.Value).Fit == NodeFitness.OutForRepair, 20);

        Assert.Equal(home, story.Home("a"));
        Assert.Equal(0, story.Count<MoveBegun>());
        Assert.Contains("mc0", story.Node(home.Name.Value).Fitness!.Why.Message);
    }

    [Fact]
    public void MoveAway_empties_it_first_and_what_sat_there_runs_elsewhere_once()
    {
        var story = With(PredictionMode.MoveAway);
        var home = story.Home("a");

        home.Wear = [Corrected];
        story.Until(() => story.IsElsewhere("a", home) && story.IsReady("a"));
        story.Until(() => story.Node(home.Name.Value).Fit == NodeFitness.OutForRepair, 30);

        var moves = story.Changes.Select(c => c.Change).OfType<MoveBegun>().ToList();
        Assert.All(moves, move => Assert.Equal(MoveCause.Risk, move.Note.Cause));
        Assert.All(moves, move => Assert.Contains("restarts there", move.Note.Why.Message));
        Assert.Equal(NodePhase.Up, story.PhaseOf(home));
        Assert.False(story.Happened("fenceOrdered"));
    }

    [Fact]
    public void Sensors_that_are_calm_again_let_a_node_back_through_diagnosis_and_probation()
    {
        var story = With(PredictionMode.Cordon);
        var home = story.Home("a");
        home.Finds = default;
        home.Wear = [Corrected];
        story.Until(() => story.Node(home.Name.Value).Fit == NodeFitness.Quarantine, 20);

        (home.Wear, home.Finds) = ([], [SmallHost.Well]);
        story.Until(() => story.Node(home.Name.Value).Fit == NodeFitness.Probation, 20);
        story.Until(() => story.Node(home.Name.Value).Fit == NodeFitness.Fit, 150);
    }

    [Fact]
    public void However_many_wear_no_more_than_a_quarter_is_emptied_and_what_holds_it_is_said()
    {
        var story = With(PredictionMode.MoveAway, racks: 4);
        foreach (var host in story.Hosts.Values)
        {
            host.Wear = [Corrected];
        }

        story.Run(300);

        Assert.Equal(2, story.Ledger.Nodes.Values.Count(node => node.Fitness is { ForRisk: true }));
        Assert.Contains(story.Last.Held, held => held.Guard.Code == "quarantineGuard");
    }

    [Fact]
    public void With_no_node_to_go_to_it_is_spared_while_something_waits_for_it_alone()
    {
        var story = With(PredictionMode.MoveAway, racks: 2, each: 1);
        var home = story.Home("a");
        story.Order(id => new CordonOrder(id, story.Hosts.Values.First(h => h != home).Name, true, "ann"));
        home.Wear = [Corrected];
        story.Run(60);
        Assert.Equal((home, 0), (story.Home("a"), story.Count<MoveBegun>()));
    }

    private static Story With(PredictionMode mode, int racks = 3, int each = 2) => Story.Of(racks, each).With(
        StorySpecs.Of("default", new PolicySpec { Prediction = new() { Mode = mode } }), StorySpecs.Vm("a"));

    internal static Story Watched()
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        story.Home("a").Wear = [Fan, Corrected with { Lately = 10 }];
        return story.Run(5);
    }
}
