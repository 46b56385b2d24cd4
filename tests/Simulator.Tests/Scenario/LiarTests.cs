using System.Collections.Immutable;
using Havm.Core;
using Havm.Core.Records;
using Havm.Model;
using Havm.Simulator.Scenario;
using Havm.Simulator.Scenario.Running;

namespace Havm.Simulator.Tests.Scenario;

/// <summary>The checkers believe the substrate, never the controller: one that lies is caught.</summary>
public sealed class LiarTests
{
    private const string Cut = Plays.ThreeNodes + """
        vms: {one: {node: node3}, two: {node: node2}}
        steps:
          - do: [{power-on: [node1, node2, node3]}]
          - after: 100s
            do: [{isolate: node3}]
        """;

    [Fact]
    public void A_controller_that_frees_what_a_lost_node_still_runs_is_caught_by_name()
    {
        var outcome = Plays.Play(Cut, new PlayOptions { Step = WithoutProof });

        Assert.Equal(ScenarioVerdict.Failed, outcome.Verdict);
        Assert.Contains(outcome.Failures, failure => failure.Contains(
            "NoInstanceRunsTwice: one runs on", StringComparison.Ordinal));
        Assert.Contains(outcome.Failures, failure => failure.Contains("NoStartWithoutProof", StringComparison.Ordinal));
        Assert.Empty(Plays.Passes(Cut).Failures);
    }

    [Fact]
    public void A_controller_that_stops_what_is_well_without_a_word_is_caught_by_name()
    {
        const string Quiet = Plays.ThreeNodes + """
            vms: {one: {node: node3}, two: {node: node2}}
            steps:
              - do: [{power-on: [node1, node2, node3]}]
              - after: 200s
                do: [{restart-agent: node1}]
            """;
        var outcome = Plays.Play(Quiet, new PlayOptions { Step = Forgetful });

        Assert.Contains(outcome.Failures, failure => failure.Contains(
            "HealthyLeftAlone: one stopped on node3", StringComparison.Ordinal));
    }

    /// <summary>Takes silence for death: seats on lost nodes are dropped as if they were proven dead.</summary>
    private static Decision WithoutProof(
        Cluster cluster, IReadOnlyList<Input> inputs, Instant now, DateTimeOffset wall)
    {
        var freed = cluster.Ledger.Instances.Values
            .Where(i => i.Seat is { } seat && cluster.Ledger.Nodes[seat.Node].Phase == NodePhase.Lost)
            .Aggregate(cluster.Ledger.Instances, (all, i) => all.SetItem(i.Name, i with { Seat = null }));
        return Controller.Step(cluster with { Ledger = cluster.Ledger with { Instances = freed } }, inputs, now, wall);
    }

    /// <summary>From 150 s on it forgets that an instance ever had a seat, and tells its node so.</summary>
    private static Decision Forgetful(
        Cluster cluster, IReadOnlyList<Input> inputs, Instant now, DateTimeOffset wall)
    {
        var name = new InstanceName("one");
        var decision = Controller.Step(cluster, inputs, now, wall);
        var ledger = decision.After.Ledger;
        if (now < Instant.FromSeconds(150) || ledger.Instances[name].Seat is not { } seat)
        {
            return decision;
        }

        var node = ledger.Nodes[seat.Node];
        ledger = ledger with
        {
            Nodes = ledger.Nodes.SetItem(node.Name, node with
            {
                GoalRevision = node.GoalRevision + 1, Floors = node.Floors.SetItem(name, seat.Generation),
            }),
            Instances = ledger.Instances.SetItem(
                name, ledger.Instances[name] with { Seat = null, Wanted = WantedState.Stopped }),
        };
        return decision with { After = decision.After with { Ledger = ledger } };
    }
}
