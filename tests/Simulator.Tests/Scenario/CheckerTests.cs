using System.Collections.Immutable;
using Havm.Core;
using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;
using Havm.Simulator.Scenario;
using Havm.Simulator.Scenario.Running;

namespace Havm.Simulator.Tests.Scenario;

/// <summary>
/// Each checker stays silent when the production controller decides, and is heard when one that lies does. The first
/// three have theirs in <see cref="LiarTests"/>.
/// </summary>
public sealed class CheckerTests
{
    private const string Cuts = """
        schema: havm-scenario/1
        name: cuts
        racks: {r1: [n1], r2: [n2], r3: [n3], r4: [n4], r5: [n5]}
        nodes: {n1: {}, n2: {}, n3: {}, n4: {}, n5: {}}
        vms: {one: {node: n4}, two: {node: n5}, three: {node: n3}}
        rules: [{pin: [one], to: {n4: 1, n3: 1}, hard: true}, {apart: [one, three]}]
        steps:
          - do: [{set: two, desired: running}]
          - after: 60s
            do: [{isolate: n4}]
          - after: 60s
            settle: false
            do: [{isolate: n5}]
          - after: 120s
            settle: false
            do: [{power-on: [n1, n2, n3, n4, n5]}]
          - after: 60s
            settle: false
            do: [{power-on: [n1, n2, n3, n4, n5]}]
        """;

    private delegate Decision Step(Cluster cluster, IReadOnlyList<Input> inputs, Instant now, DateTimeOffset wall);

    [Fact]
    public void All_are_silent_when_the_production_controller_decides() => Plays.Passes(Cuts);

    [Fact]
    public void AdmittedIsNeverForgotten_is_heard_when_a_VM_is_dropped_from_the_record() =>
        Caught("AdmittedIsNeverForgotten: two is in no record", (cluster, inputs, now, wall) =>
        {
            var decision = Controller.Step(cluster, inputs, now, wall);
            return now < Instant.FromSeconds(100) ? decision : With(decision, decision.After.Ledger with
            {
                Instances = decision.After.Ledger.Instances.Remove(new InstanceName("two")),
            });
        });

    [Fact]
    public void AdmittedIsNeverForgotten_is_heard_when_an_acknowledged_order_is_turned_round() =>
        Caught("AdmittedIsNeverForgotten: two is wanted stopped, and running was acknowledged",
            (cluster, inputs, now, wall) =>
            {
                var decision = Controller.Step(cluster, inputs, now, wall);
                var two = decision.After.Ledger.Instances[new InstanceName("two")];
                return now < Instant.FromSeconds(60) ? decision : With(decision, decision.After.Ledger with
                {
                    Instances = decision.After.Ledger.Instances.SetItem(
                        two.Name, two with { Wanted = WantedState.Stopped }),
                });
            });

    [Fact]
    public void HardRulesHold_is_heard_when_placement_does_not_know_the_rules() =>
        Caught("HardRulesHold: one begins to run on n1, and is pinned to n3, n4", (cluster, inputs, now, wall) =>
        {
            var blind = cluster.Ledger with
            {
                Specs = cluster.Ledger.Specs.RemoveRange(
                    cluster.Ledger.Specs.Keys.Where(key => key.StartsWith("PlacementRule", StringComparison.Ordinal))),
            };
            return Controller.Step(cluster with { Ledger = blind }, inputs, now, wall);
        });

    [Fact]
    public void BudgetHolds_is_heard_when_the_guard_does_not_remember_what_was_fenced() =>
        Caught("BudgetHolds: n4, n5 were ordered off within 10 min, and 1 is the most",
            (cluster, inputs, now, wall) => Controller.Step(cluster with
            {
                Ledger = cluster.Ledger with { Counters = cluster.Ledger.Counters with { Fences = [] } },
                Heard = cluster.Heard.SetItems(cluster.Heard.Select(
                    h => KeyValuePair.Create(h.Key, h.Value with
                    {
                        Rungs = [.. h.Value.Rungs.Select(r => r with { OffSentAt = null })],
                    }))),
            }, inputs, now, wall));

    [Fact]
    public void NoFenceWithoutCause_is_heard_when_a_cut_off_node_is_not_given_its_time() =>
        Caught("NoFenceWithoutCause: n4 lives, was cut off for", (cluster, inputs, now, wall) =>
        {
            var policy = cluster.Ledger.Specs.Single(spec => spec.Value.Spec is PolicySpec);
            var hasty = (PolicySpec)policy.Value.Spec with
            {
                Liveness = cluster.Policy.Liveness with { CutOffAfter = TimeSpan.FromSeconds(1) },
            };
            var specs = cluster.Ledger.Specs.SetItem(policy.Key, policy.Value with { Spec = hasty });
            return Controller.Step(
                cluster with { Ledger = cluster.Ledger with { Specs = specs } }, inputs, now, wall);
        });

    [Fact]
    public void ControllerOutageHarmsNothing_is_heard_when_what_is_to_be_left_running_stops() =>
        Caught("ControllerOutageHarmsNothing: two is to be left running, and stopped on n5",
            (cluster, inputs, now, wall) =>
            {
                var decision = Controller.Step(cluster, inputs, now, wall);
                var ledger = decision.After.Ledger;
                var two = ledger.Instances[new InstanceName("two")];
                if (now < Instant.FromSeconds(60) || two.Seat is not { } seat)
                {
                    return decision;
                }

                var node = ledger.Nodes[seat.Node];
                return With(decision, ledger with
                {
                    Nodes = ledger.Nodes.SetItem(node.Name, node with
                    {
                        GoalRevision = node.GoalRevision + 1,
                        Floors = node.Floors.SetItem(two.Name, seat.Generation),
                    }),
                    Instances = ledger.Instances.SetItem(
                        two.Name, two with { Seat = null, Wanted = WantedState.Stopped }),
                });
            });

    [Fact]
    public void IncidentsExplained_is_heard_when_what_was_done_is_on_no_record() =>
        Caught("IncidentsExplained: n4 was ordered off, and no incident tells of it", (cluster, inputs, now, wall) =>
        {
            var decision = Controller.Step(cluster, inputs, now, wall);
            return With(decision, decision.After.Ledger with
            {
                Incidents = decision.After.Ledger.Incidents.Clear(),
                Nodes = decision.After.Ledger.Nodes.SetItems(decision.After.Ledger.Nodes.Select(
                    n => KeyValuePair.Create(n.Key, n.Value with { Incident = null }))),
            });
        });

    [Fact]
    public void EventuallySettled_is_heard_when_nothing_is_done_any_more() =>
        Caught("EventuallySettled: not within 900 s", (cluster, inputs, now, wall) =>
            now < Instant.FromSeconds(200)
                ? Controller.Step(cluster, inputs, now, wall)
                : new Decision { After = cluster });

    [Fact]
    public void OneLeaderAtATime_is_heard_when_an_earlier_term_commits_after_a_later_one() =>
        Caught("OneLeaderAtATime: a commit of term 1 counts after one of term 2", (cluster, inputs, now, wall) =>
        {
            if (now < Instant.FromSeconds(60))
            {
                return Controller.Step(cluster, inputs, now, wall);
            }

            // Nor does it heed that nodes have seen the later one.
            var forgetful = inputs.Select(i => i is Beat beat ? beat with { Highest = LeaderSeen.None } : i);
            var decision = Controller.Step(cluster, [.. forgetful], now, wall);
            return decision with
            {
                After = decision.After with { Office = decision.After.Office with { Epoch = new Epoch(1) } },
            };
        });

    [Fact]
    public void DisarmedStandsStill_is_heard_when_a_disarm_is_on_record_and_nobody_heeds_it() =>
        Caught(Frozen, "DisarmedStandsStill: one: recover while automation was disarmed",
            (cluster, inputs, now, wall) =>
            {
                if (cluster.Ledger.Disarm is null)
                {
                    return Controller.Step(cluster, inputs, now, wall);
                }

                var armed = cluster with { Ledger = cluster.Ledger with { Disarm = null } };
                var decision = Controller.Step(armed, inputs, now, wall);
                return With(decision, decision.After.Ledger with { Disarm = cluster.Ledger.Disarm });
            });

    [Fact]
    public void OneOfASetAtATime_is_heard_when_two_members_are_moved_away_at_once() =>
        Caught(Drained, "OneOfASetAtATime: two was moved away while one, of the same set, does not run",
            (cluster, inputs, now, wall) =>
            {
                var decision = Controller.Step(cluster, inputs, now, wall);
                return decision.Changes.OfType<MoveBegun>().SingleOrDefault() is not { Name.Value: "one" } begun
                    ? decision
                    : With(decision, (begun with { Name = new InstanceName("two") }).Apply(decision.After.Ledger)) with
                    {
                        Changes = [.. decision.Changes, begun with { Name = new InstanceName("two") }],
                    };
            });

    [Fact]
    public void LongLeaseHolds_is_heard_when_what_holds_a_long_lease_is_ended() =>
        Caught(Planned, "LongLeaseHolds: one stopped on n3, which holds a long lease", (cluster, inputs, now, wall) =>
        {
            var decision = Controller.Step(cluster, inputs, now, wall);
            var ledger = decision.After.Ledger;
            var (one, node) = (new InstanceName("one"), ledger.Nodes[new NodeName("n3")]);
            return now < Instant.FromSeconds(120) || node.Floors.ContainsKey(one)
                || ledger.Instances[one].Seat is not { } seat
                ? decision
                : With(decision, ledger with
                {
                    Nodes = ledger.Nodes.SetItem(node.Name, node with
                    {
                        GoalRevision = node.GoalRevision + 1,
                        Floors = node.Floors.SetItem(one, seat.Generation),
                    }),
                });
        });

    [Fact]
    public void GhostsAreLaid_is_heard_when_nobody_is_told_of_a_dead_boot_that_speaks() =>
        Caught(Ghost, "GhostsAreLaid: n3 was proven dead and speaks, and nobody is told",
            (cluster, inputs, now, wall) =>
            {
                var decision = Controller.Step(cluster, inputs, now, wall);
                var incidents = decision.After.Ledger.Incidents;
                return With(decision, decision.After.Ledger with
                {
                    Incidents = incidents.RemoveRange(
                        incidents.Where(i => i.Value.Kind == IncidentKind.DeadNodeSpoke).Select(i => i.Key)),
                });
            });

    [Fact]
    public void StartsInOrder_is_heard_when_nothing_is_waited_for() =>
        Caught(Lost, "StartsInOrder: two is started before one, which it depends on, has come up",
            (cluster, inputs, now, wall) => Controller.Step(
                cluster with { Ledger = cluster.Ledger with { Instances = Careless(cluster.Ledger) } },
                inputs, now, wall));

    /// <summary>What has no seat depends on nothing.</summary>
    private static InstanceTable Careless(Ledger ledger) => ledger.Instances.Values.Where(i => i.Seat is null)
        .Aggregate(ledger.Instances, (all, i) => all.SetItem(i.Name, i with { DependsOn = [] }));

    private const string Lost = """
        schema: havm-scenario/1
        name: lost
        nodes: {n1: {}, n2: {}, n3: {}}
        vms: {one: {node: n3}, two: {node: n3, depends-on: [{vm: one}]}}
        steps:
          - do: [{power-on: [n1, n2, n3]}]
          - after: 60s
            do: [{power-off: n3}]
        """;

    private const string Planned = """
        schema: havm-scenario/1
        name: planned
        nodes: {n1: {}, n2: {}, n3: {}}
        vms: {one: {node: n3, isolation: powerOff}, two: {node: n2}}
        steps:
          - do: [{power-on: [n1, n2, n3]}]
          - after: 60s
            do: [{long-lease: 5m}]
          - after: 60s
            settle: false
            do: [{set: two, desired: stopped}]
          - after: 60s
            settle: false
            do: [{set: two, desired: running}]
        """;

    private const string Ghost = """
        schema: havm-scenario/1
        name: ghost
        nodes: {n1: {}, n2: {}, n3: {watchdog: none}}
        vms: {one: {node: n3}, two: {node: n2}}
        rules: [{pin: [one], to: [n3], hard: true}]
        steps:
          - do: [{power-on: [n1, n2, n3]}]
          - after: 60s
            settle: false
            do: [{fail-bmc: n3, as: lies-off}, {stall: {node: n3, for: 40s}}]
          - after: 60s
            settle: false
            do: [{set: two, desired: stopped}]
          - after: 30s
            settle: false
            do: [{repair-bmc: n3}, {power-off: n3}, {set: two, desired: running}]
          - after: 60s
            settle: false
            do: [{power-on: n3}]
        """;

    private const string Frozen = """
        schema: havm-scenario/1
        name: frozen
        nodes: {n1: {}, n2: {}, n3: {}}
        vms: {one: {node: n3}, two: {node: n2}}
        steps:
          - do: [{power-on: [n1, n2, n3]}]
          - after: 60s
            do: [{pause: freeze}]
          - after: 30s
            do: [{power-off: n3}]
          - after: 60s
            do: [{resume: all}]
        """;

    private const string Drained = """
        schema: havm-scenario/1
        name: drained
        nodes: {n1: {}, n2: {}, n3: {}}
        vms: {one: {node: n1, availability-set: both}, two: {node: n1, availability-set: both}}
        steps:
          - do: [{power-on: [n1, n2, n3]}]
          - after: 60s
            do: [{maintenance-on: n1}]
        """;

    [Theory]
    [InlineData(Frozen)]
    [InlineData(Drained)]
    [InlineData(Planned)]
    [InlineData(Ghost)]
    public void All_are_silent_too_when_what_each_of_the_others_is_for_goes_well(string scenario) =>
        Plays.Passes(scenario);

    private static Decision With(Decision decision, Ledger ledger) =>
        decision with { After = decision.After with { Ledger = ledger } };

    private static void Caught(string what, Step liar) => Caught(Cuts, what, liar);

    private static void Caught(string scenario, string what, Step liar)
    {
        var outcome = Plays.Play(scenario, new PlayOptions { Step = (c, i, now, wall) => liar(c, i, now, wall) });

        Assert.Equal(ScenarioVerdict.Failed, outcome.Verdict);
        Assert.True(
            outcome.Failures.Any(failure => failure.Contains(what, StringComparison.Ordinal)),
            string.Join('\n', outcome.Failures));
    }
}
