using Havm.Simulator.Scenario.Running;
using Havm.Simulator.Trace;
using Havm.Simulator.World;

namespace Havm.Simulator.Tests.Scenario;

/// <summary>What traces of scenarios/starts and scenarios/placement must show.</summary>
public sealed class StartStories
{
    public static TheoryData<string> Files =>
    [
        .. new[] { "starts", "placement" }
            .SelectMany(folder => Directory.GetFiles(Path.Combine(Plays.Root, "scenarios", folder), "*.yaml"))
            .Select(file => Path.GetRelativePath(Plays.Root, file)).Order(StringComparer.Ordinal),
    ];

    private static string Text(string file) => File.ReadAllText(Path.Combine(Plays.Root, file));

    private static IReadOnlyList<TraceEvent> Starts(string name) =>
        Plays.Passes(Text($"scenarios/starts/{name}.yaml")).Events;

    [Theory]
    [MemberData(nameof(Files))]
    public void A_scenario_of_starts_and_placement_passes(string file) => Plays.Passes(Text(file));

    [Theory]
    [MemberData(nameof(Files))]
    public void Leaving_out_what_cannot_change_anything_changes_nothing_of_it(string file)
    {
        var every = new PlayOptions { Seed = 7, World = new WorldSettings { LiveEveryMoment = true } };

        Assert.Equal(
            Plays.TraceOf(Plays.Passes(Text(file), every)),
            Plays.TraceOf(Plays.Passes(Text(file), every with { World = new WorldSettings() })));
    }

    [Fact]
    public void Every_try_that_fails_is_traced_where_it_failed_and_what_is_given_up_once()
    {
        var events = Starts("used-up-tries-are-failed");

        Assert.Equal(["node1", "node1", "node3", "node3"], events.OfType<StartFailed>().Select(f => f.Node));
        var judged = Assert.Single(events.OfType<VmJudged>(), j => j.State == "failed");
        Assert.Equal("web-1", judged.Vm);
        Assert.True(judged.At > events.OfType<StartFailed>().Last().At);
        Assert.DoesNotContain(
            events.OfType<Acted>(), act => act.Vm == "web-1" && act.At > judged.At && act.Cause != "order");
    }

    [Fact]
    public void What_cannot_be_stopped_runs_on_until_its_node_s_power_goes()
    {
        var events = Starts("what-cannot-be-stopped-is-started-nowhere");

        var stopped = events.OfType<VmChanged>().Single(vm => vm is { Vm: "web-1", Running: false });
        Assert.Equal(events.OfType<PowerChanged>().Single(p => p is { Node: "node2", On: false }).At, stopped.At);
    }
}
