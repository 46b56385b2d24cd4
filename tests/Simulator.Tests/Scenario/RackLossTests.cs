using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Havm.Model;
using Havm.Simulator.Scenario;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Tests.Scenario;

/// <summary>
/// A rack of a cluster of 1,000 nodes loses its power: whatever sat on a node is decided in the very round in which
/// that node is proven dead, so all of the rack is decided in the round of its last proof.
/// </summary>
public sealed class RackLossTests(ITestOutputHelper output)
{
    private const int Nodes = 1000;
    private const int Racks = 25;
    private const int PerNode = 3;
    private const int PerRack = Nodes / Racks;

    [Fact]
    public void All_120_instances_of_a_lost_rack_of_40_nodes_are_decided_within_the_round_of_their_proof()
    {
        var outcome = Plays.Passes(Large());
        var events = outcome.Events;
        var lost = Lost(events);

        Assert.Equal(PerRack, lost.Count);
        Assert.Equal(PerRack * PerNode, On(events, lost.Keys).Count);
        Assert.Empty(Undecided(events));
        var rounds = lost.Values.Distinct().ToList();
        output.WriteLine($"{lost.Count} nodes proven dead in {rounds.Count} rounds, up to {rounds.Max()}");

        // And it would be seen: one that is placed a round later, one that nothing is said of.
        var placed = events.OfType<Acted>().First(act => act.Kind == "recover");
        var late = placed with { At = placed.At + TimeSpan.FromMilliseconds(100) };
        Assert.Equal([placed.Vm], Undecided(events.Replace(placed, late)));
        Assert.Equal([placed.Vm], Undecided(events.Remove(placed)));
    }

    /// <summary>Nodes of the rack with the moment of their proof.</summary>
    private static Dictionary<string, Instant> Lost(ImmutableArray<TraceEvent> events) => events.OfType<NodeJudged>()
        .Where(node => node.State == "fenced").ToDictionary(node => node.Node, node => node.At);

    /// <summary>Where each instance ran that sat on any of them when the power went.</summary>
    private static Dictionary<string, string> On(ImmutableArray<TraceEvent> events, IEnumerable<string> nodes)
    {
        var lost = nodes.ToHashSet();
        return events.OfType<VmChanged>().Where(vm => !vm.Running && vm.Why == "crash" && lost.Contains(vm.Node))
            .ToDictionary(vm => vm.Vm, vm => vm.Node);
    }

    /// <summary>
    /// Instances that were neither given a seat nor said to wait, with a reason, at the moment of the proof of their
    /// node: the trace gives all that one round decided one time.
    /// </summary>
    private static List<string> Undecided(ImmutableArray<TraceEvent> events)
    {
        var proven = Lost(events);
        var decided = events.OfType<Acted>().Where(act => act.Kind == "recover").Select(act => (act.Vm, act.At))
            .Concat(events.OfType<VmJudged>().Where(vm => vm.Why.Length > 0).Select(vm => (vm.Vm, vm.At)))
            .ToHashSet();
        return
        [
            .. On(events, proven.Keys).Where(vm => !decided.Contains((vm.Key, proven[vm.Value]))).Select(vm => vm.Key)
                .Order(StringComparer.Ordinal),
        ];
    }

    private static string Large()
    {
        var text = new StringBuilder("schema: havm-scenario/1\nname: large\nracks:\n");
        for (var rack = 0; rack < Racks; rack++)
        {
            var names = Enumerable.Range(0, Nodes).Where(node => node % Racks == rack).Select(node => $"n{node}");
            text.Append(CultureInfo.InvariantCulture, $"  r{rack}: [{string.Join(", ", names)}]\n");
        }

        text.Append("nodes:\n");
        text.AppendJoin("", Enumerable.Range(0, Nodes).Select(node => $"  n{node}: {{}}\n"));
        text.Append("vms:\n");
        text.AppendJoin("", Enumerable.Range(0, Nodes * PerNode).Select(
            vm => $"  v{vm}: {{node: n{vm % Nodes}, failback: false}}\n"));
        return text + """
            steps:
            - do: [{power-on: n0}]
            - after: 1s
              do: [{rack-power-off: r1, bmc: alive}]
            """;
    }
}
