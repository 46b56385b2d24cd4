using Havm.Model;
using Havm.Simulator.Scenario.Reading;
using Havm.Simulator.Scenario.Running;

namespace Havm.Simulator.Tests.Scenario;

/// <summary>Bad input gets every error at once, with line and column.</summary>
public sealed class ReaderTests
{
    private const string Bad = """
        schema: havm-scenario/2
        nodes:
          node1: {powered: maybe, cpu: -4, memory: 12Foo, rack: r1}
          Node_2: {}
        vms:
          vm-1: {node: node9, desired: runing, priority: 7, retries: {here: many}}
          vm-2: {desired: stopped, faults: {stop: never, only-on: nowhere}}
        racks: {r1: [node1, node1, node7]}
        rules:
          - {pin: [vm-1], apart: [vm-2]}
          - {pin: [vm-3]}
        policy: {placement: best, on-shutdown: run, unknown: 1}
        steps:
          - do: [{power-of: node1}, {set: vm-1}, {set: vm-9, desired: gone}, {isolate: [node1, node8]}, stop]
            then: {vm-1: node8, vm-7: waiting}
            after: -5s
          - after: 10
            then: {}
        expect: {fenced: node5, recovery-within: soon, at-most: {moves: -1, peak: 3}}
        expect: {}
        extra: true
        """;

    [Fact]
    public void Every_error_of_a_bad_scenario_is_told_with_its_place()
    {
        var (scenario, errors) = ScenarioReader.Read(Bad, "bad.yaml");

        Assert.Null(scenario);
        Assert.All(errors, error => Assert.True(error is { Line: > 0, Column: > 0 }, error.ToString()));
        Golden.Matches(
            Path.Combine(Plays.Root, "tests/Simulator.Tests/Scenario/Goldens/bad-scenario.txt"),
            string.Concat(errors.Select(error => error + "\n")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("just words")]
    [InlineData("[1, 2]")]
    [InlineData("a: b\n---\nc: d\n")]
    [InlineData("a: [b")]
    [InlineData("\u0007")]
    [InlineData("schema: havm-scenario/1\nname: x\nnodes: []\nvms: 3\nsteps: {}\n")]
    [InlineData("schema: havm-scenario/1\nname: x\nnodes: {}\nvms: {}\nsteps: []\n")]
    public void What_is_no_scenario_is_refused_with_a_reason(string text)
    {
        var (scenario, errors) = ScenarioReader.Read(text, "odd.yaml");

        Assert.Null(scenario);
        Assert.NotEmpty(errors);
        Assert.All(errors, error => Assert.NotEqual("", error.Reason));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void No_cut_and_no_missing_line_of_an_example_throws(string name)
    {
        string text = Plays.Example(name);
        string[] lines = text.Split('\n');
        for (int at = 0; at < text.Length; at += 7)
        {
            _ = ScenarioReader.Read(text[..at], "cut.yaml");
        }

        foreach (int without in Enumerable.Range(0, lines.Length))
        {
            var (scenario, errors) = ScenarioReader.Read(
                string.Join('\n', lines.Where((_, i) => i != without)), "cut.yaml");
            Assert.Equal(scenario is null, errors.Length > 0);
        }
    }

    public static TheoryData<string> Examples => [.. Plays.Examples()];

    [Fact]
    public void Settings_of_a_run_are_the_policy_s_numbers_and_the_world_s_times_and_all_else_is_refused()
    {
        var (options, none) = PlaySettings.Read(
            new PlayOptions(), ["liveness.lostAfter=6s", "liveness.cutOffAfter=never", "world.boot=40s"]);
        var (_, errors) = PlaySettings.Read(
            new PlayOptions(), ["recovery.lease=10s", "world.bot=1s", "liveness.lostAfter=-1s", "x", "world.boot=1"]);

        Assert.Empty(none);
        Assert.Equal(TimeSpan.FromSeconds(6), options.Policy.Liveness.LostAfter);
        Assert.Null(options.Policy.Liveness.CutOffAfter);
        Assert.Equal(TimeSpan.FromSeconds(40), options.World.Boot);
        Assert.Equal(5, errors.Length);
    }

    [Fact]
    public void A_longer_patience_set_for_a_run_shows_in_it()
    {
        string story = Plays.Example("isolated-node-is-fenced-then-recovered");
        var (patient, _) = PlaySettings.Read(new PlayOptions(), ["liveness.cutOffAfter=60s"]);

        Assert.True(RecoveredAt(patient) - RecoveredAt(new PlayOptions()) > TimeSpan.FromSeconds(29));

        Instant RecoveredAt(PlayOptions options) => Plays.Passes(story, options).Events
            .OfType<Havm.Simulator.Trace.Acted>().Single(act => act.Kind == "recover").At;
    }
}
