using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>SPEC 5.6: a node is looked at before it is trusted again.</summary>
public sealed class DiagnosisStories
{
    private static readonly NodeLifePolicy Usual = new();

    [Fact]
    public void A_node_that_came_back_is_diagnosed_once_and_is_fit_when_its_probation_is_over_too()
    {
        var story = Returned(out var node);

        story.Until(() => Note(story, node)?.Outcome == DiagnosisOutcome.Passed, 10);
        Assert.Equal(NodeFitness.Probation, Fit(story, node));
        story.Until(() => Fit(story, node) == NodeFitness.Fit, 150);

        Assert.Equal((1, 1), (story.Count<DiagnosisOrdered>(), story.Count<DiagnosisEnded>()));
        Assert.Single(node.Asked);
        Assert.Contains(Note(story, node)!.Findings, f => f is { Check: "link", Result: DiagnosisResult.Pass });
    }

    [Fact]
    public void A_part_that_is_broken_puts_it_out_for_repair_with_what_was_found()
    {
        var story = Returned(out var node, [SmallHost.Well, SmallHost.BadMemory]);

        story.Until(() => Fit(story, node) == NodeFitness.OutForRepair, 10);

        var why = story.Node(node.Name.Value).Fitness!.Why;
        Assert.Contains("3 words did not come back", why.Message);
        Assert.NotEmpty(why.Evidence);
        story.Run(400);
        Assert.Equal(1, story.Count<DiagnosisOrdered>());
    }

    [Fact]
    public void What_is_no_broken_part_keeps_it_in_quarantine_and_is_looked_at_again()
    {
        var story = Returned(out var node, [SmallHost.Well, SmallHost.NoGuestRuns]);

        story.Until(() => Fit(story, node) == NodeFitness.Quarantine, 10);
        Assert.Null(story.Node(node.Name.Value).Fitness!.Until);
        story.Run(60);
        Assert.Equal(1, story.Count<DiagnosisOrdered>());
        node.Finds = [SmallHost.Well];
        story.WallShift += Usual.DiagnoseAgain;
        story.Until(() => Fit(story, node) == NodeFitness.Probation, 20);
        story.Until(() => Fit(story, node) == NodeFitness.Fit, 150);
        Assert.Equal(2, story.Count<DiagnosisOrdered>());
    }

    [Fact]
    public void A_node_whose_diagnosis_failed_is_no_last_resort()
    {
        var story = Story.Of(2, 1).With(StorySpecs.Vm("a", memoryMiB: 2048));
        var home = story.Home("a");
        var other = story.Hosts.Values.Single(h => h != home);
        other.Finds = [SmallHost.NoGuestRuns];
        Fail(story, other);
        story.Until(() => DiagnosisOutcome.Failed == Note(story, other)?.Outcome, 10);

        home.PowerOff();
        story.Run(60);
        Assert.Null(story.SeatOf("a"));

        Assert.Empty(story.Order(id => new ReturnOrder(id, other.Name, false, "ann")
        {
            WithoutDiagnosis = true,
        }).Errors);
        story.Until(() => story.IsReady("a"), 60);
    }

    [Fact]
    public void Who_does_not_answer_stays_where_it_is_which_is_said_and_is_asked_again()
    {
        var story = Returned(out var node, default(ImmutableArray<DiagnosisFinding>));

        story.Until(() => Note(story, node)?.Outcome == DiagnosisOutcome.Unanswered, 150);
        Assert.Contains("--without-diagnosis", Note(story, node)!.Why.Message);
        story.Run(60);
        Assert.Equal(NodeFitness.Probation, Fit(story, node));

        node.Finds = [SmallHost.Well];
        story.WallShift += Usual.DiagnoseAgain;
        story.Until(() => Fit(story, node) == NodeFitness.Fit, 20);
    }

    [Fact]
    public void A_look_that_can_tell_nothing_settles_nothing()
    {
        var story = Returned(out var node, [SmallHost.NoDoctor]);
        story.Until(() => Note(story, node)?.Outcome == DiagnosisOutcome.Unanswered, 10);
        Assert.Contains("it is not installed", Note(story, node)!.Why.Message);
        story.Run(200);
        Assert.Equal(NodeFitness.Probation, Fit(story, node));
    }

    [Fact]
    public void An_order_outlives_the_controller_and_the_agent_and_is_answered_once()
    {
        var story = Returned(out var node, default(ImmutableArray<DiagnosisFinding>));
        story.Until(() => Note(story, node) is { Outcome: DiagnosisOutcome.Running } && node.Asked.Count == 1, 10);
        node.RestartAgent();
        story.RestartController().Run(5);
        node.Finds = [SmallHost.Well];
        story.Until(() => Note(story, node)?.Outcome == DiagnosisOutcome.Passed, 20);

        Assert.Single(node.Asked);
        Assert.Equal((1, 1), (story.Count<DiagnosisOrdered>(), story.Count<DiagnosisEnded>()));
    }

    [Fact]
    public void An_operator_does_without_it_and_that_is_on_record()
    {
        var story = Returned(out var node, [SmallHost.BadMemory]);
        story.Until(() => Fit(story, node) == NodeFitness.OutForRepair, 10);

        var order = story.Order(id => new ReturnOrder(id, node.Name, false, "ann") { WithoutDiagnosis = true });
        Assert.Empty(order.Errors);
        Assert.Equal(DiagnosisOutcome.Waived, Note(story, node)!.Outcome);
        Assert.Contains(story.Events, e => e.Reason.Message.Contains("ann gave", StringComparison.Ordinal)
            && e.Reason.Message.Contains("without a diagnosis", StringComparison.Ordinal));
        story.Until(() => Fit(story, node) == NodeFitness.Fit, 150);
    }

    [Fact]
    public void A_node_that_is_given_back_is_looked_at_anew()
    {
        var story = Returned(out var node, [SmallHost.BadMemory]);
        story.Until(() => Fit(story, node) == NodeFitness.OutForRepair, 10);

        Assert.Empty(story.Order(id => new ReturnOrder(id, node.Name, false, "ann")).Errors);
        story.Until(() => Fit(story, node) == NodeFitness.OutForRepair, 20);
        node.Finds = [SmallHost.Well];
        Assert.Empty(story.Order(id => new ReturnOrder(id, node.Name, false, "ann")).Errors);
        story.Until(() => Fit(story, node) == NodeFitness.Fit, 150);
    }

    [Fact]
    public void Where_the_policy_says_so_time_alone_makes_it_fit()
    {
        var story = Story.Of(3, 2).With(
            StorySpecs.Of("default", new PolicySpec { NodeLife = Usual with { Diagnose = false } }),
            StorySpecs.Vm("a"));
        var node = story.Hosts.Values.First(h => h != story.Home("a"));
        Fail(story, node);
        story.Until(() => Fit(story, node) == NodeFitness.Fit, 150);
        Assert.Equal(0, story.Count<DiagnosisOrdered>());
    }

    /// <summary>A node has failed and come back; it finds this when it looks.</summary>
    private static Story Returned(
        out SmallHost node, ImmutableArray<DiagnosisFinding>? finds = null)
    {
        var story = Story.Of(3, 2).With(StorySpecs.Vm("a"));
        node = story.Hosts.Values.First(h => h != story.Home("a"));
        node.Finds = finds ?? node.Finds;
        Fail(story, node);
        return story;
    }

    private static DiagnosisNote? Note(Story story, SmallHost node) => story.Node(node.Name.Value).Diagnosis;

    private static NodeFitness Fit(Story story, SmallHost node) => story.Node(node.Name.Value).Fit;

    private static void Fail(Story story, SmallHost host)
    {
        host.PowerOff();
        story.Until(() => story.PhaseOf(host) == NodePhase.Dead);
        story.Run(5).Reboot(host);
        story.Until(() => story.PhaseOf(host) == NodePhase.Up);
    }
}
