using System.Collections.Immutable;
using Havm.Core;
using Havm.Core.Liveness;
using Havm.Model;
using Havm.Runtime.Recording;
using Havm.Simulator.Scenario;
using Havm.Simulator.Scenario.Reading;
using Havm.Simulator.Scenario.Running;

namespace Havm.Runtime.Tests;

/// <summary>Nothing that is decided on is lost on the way through a recording's lines.</summary>
public sealed class RecordedFormTests
{
    private const string Story = """
        schema: havm-scenario/1
        name: recorded
        nodes: {n1: {storage-fence: true}, n2: {}, n3: {}}
        vms:
          a: {node: n1, isolation: stop, availability-set: s}
          b: {node: n1}
          c: {node: n2, isolation: pause, availability-set: s}
          d: {node: n3, faults: {start: 1}}
        rules: [{apart: [a, c]}]
        steps:
        - do: [{power-on: n1}]
        - after: 100s
          do: [{fail-bmc: n1}, {isolate: n1}]
        - after: 60s
          do: [{power-off: n2}, {set: d, desired: stopped}]
        - after: 60s
          do: [{repair-bmc: n1}, {power-on: [n1, n2]}, {restart-agent: n3}]
        - after: 60s
          do: [{reboot: n3}, {remove: b}]
        """;

    [Fact]
    public void Every_step_of_a_simulated_cluster_is_decided_alike_from_its_picture_and_inputs_as_they_are_recorded()
    {
        var (scenario, errors) = ScenarioReader.Read(Story, "story");
        Assert.Empty(errors);
        var steps = 0;
        var kinds = new HashSet<Type>();

        var played = ScenarioPlayer.Play(scenario!, new PlayOptions
        {
            Step = (cluster, inputs, now, wall) =>
            {
                var decision = Controller.Step(cluster, inputs, now, wall);
                if (inputs.Count > 0 || !decision.Changes.IsEmpty)
                {
                    var picture = Through(RecordingHead.Of(cluster, "havm", "test")).Picture();
                    var heard = Through(inputs.ToImmutableArray());
                    Assert.Equal(
                        RecordingJson.Text(RecordedDecision.Of(decision)),
                        RecordingJson.Text(RecordedDecision.Of(Controller.Step(picture, heard, now, wall))));
                    steps++;
                    kinds.UnionWith(inputs.Select(input => input.GetType()));
                }

                return decision;
            },
        });

        Assert.NotEqual(ScenarioVerdict.Skipped, played.Verdict);
        Assert.True(steps > 100, $"{steps} steps");
        Assert.Superset(
            new HashSet<Type>
            {
                typeof(WardenBeatHeard), typeof(AgentBeatHeard), typeof(PowerRead),
                typeof(PowerOffAnswered), typeof(StorageRead), typeof(StorageAnswered),
                typeof(InstanceOrder), typeof(SpecsDeleted),
            },
            kinds);
    }

    [Fact]
    public void What_is_said_of_who_is_busy_is_recorded_whole()
    {
        Input[] told =
        [
            new BusyOrder(7, new("db"), TimeSpan.FromMinutes(30), "backup", "ann"),
            new BusyEndOrder(8, new("db"), "ann"),
        ];

        Assert.Equal(told, told.Select(Through));
    }

    [Fact]
    public void What_a_warden_saw_end_and_an_agent_did_not_is_recorded()
    {
        var ended = new EndedSeat(new RunningSeat(new("db"), new(3)), Instant.Origin + TimeSpan.FromSeconds(7));

        var read = Through(NodeHeard.Nothing with { EndedUnnoticed = [ended] });

        Assert.Equal([ended], read.EndedUnnoticed);
        Assert.Empty(Through(NodeHeard.Nothing).EndedUnnoticed);
    }

    private static T Through<T>(T value) => RecordingJson.Read<T>(RecordingJson.Write(value))!;
}
