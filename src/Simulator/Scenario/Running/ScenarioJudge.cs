using System.Collections.Immutable;
using System.Globalization;
using Havm.Model;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario.Running;

/// <summary>Holds what happened against what the scenario expects. It reads snapshots and events alone.</summary>
public sealed class ScenarioJudge(
    ScenarioFile scenario, CurrentVms vms, Translation words, Stage stage)
{
    private ImmutableSortedDictionary<string, string> _ranOn = ScenarioFile.Empty<string>();

    /// <summary>Where VMs run as a step begins: what `auto` goes back to.</summary>
    public void Before(int step)
    {
        var last = stage.Events.OfType<Snapshot>().LastOrDefault();
        _ranOn = step == 1 || last is null
            ? scenario.Vms.ToImmutableSortedDictionary(vm => vm.Key, vm => vm.Value.Node, StringComparer.Ordinal)
            : last.Vms.Where(vm => vm.Value.On is not null)
                .ToImmutableSortedDictionary(vm => vm.Key, vm => vm.Value.On!, StringComparer.Ordinal);
    }

    /// <summary>What a step promised, on the snapshot taken after it.</summary>
    public void Then(int step, Snapshot after)
    {
        foreach (var (vm, legal) in scenario.Steps[step - 1].Then)
        {
            var standing = after.Vms.GetValueOrDefault(vm) ?? new VmStanding("absent", null);
            if (!legal.Any(word => Fits(word, vm, standing, after)))
            {
                var is_ = standing.On is { } on ? $"running on {on}" : standing.Is;
                stage.Fail($"step {step}: {vm} is {is_}, not {string.Join(" or ", legal)}");
            }
        }
    }

    /// <summary>What the scenario expects of the whole run.</summary>
    public void Whole(Snapshot end)
    {
        var expect = scenario.Expect;
        var judged = stage.Events.OfType<NodeJudged>().ToList();
        foreach (var node in expect.Fenced.Where(n => !judged.Any(j => j.Node == n && j.State == "fenced")))
        {
            stage.Fail($"expect fenced: {node} was not");
        }

        foreach (var bad in judged.Where(j => j.State is "fenced" or "fencing" && expect.NeverFenced.Contains(j.Node)))
        {
            stage.Fail($"expect never-fenced: {bad.Node} is {bad.State} at {bad.At}");
        }

        foreach (var dead in judged.Where(j => j.State == "fenced" && expect.Unproven.Contains(j.Node)))
        {
            stage.Fail($"expect unproven: {dead.Node} is held for dead at {dead.At}");
        }

        foreach (var bad in stage.Events.OfType<VmChanged>()
            .Where(vm => vm.Running && expect.Never.GetValueOrDefault(vm.Vm, []).Contains(vm.Node)))
        {
            stage.Fail($"expect never: {bad.Vm} begins to run on {bad.Node} at {bad.At}");
        }

        Maintained(expect, judged);
        Fitness(expect);
        Untouched(expect);
        Failovers(expect);
        Recoveries(expect);
        AtMost(expect, end);
    }

    private bool Fits(string word, string vm, VmStanding standing, Snapshot after) => word switch
    {
        "any-node" => standing.Is == "running",
        "auto" => FitsAuto(vm, standing, after),
        _ when scenario.Nodes.ContainsKey(word) =>
            standing is { Is: "running" or "unmanaged", On: { } on } && on == word,
        _ => standing.Is == word,
    };

    /// <summary>Stays where it was if that is up; else any node; waits only when there is none.</summary>
    private bool FitsAuto(string vm, VmStanding standing, Snapshot after) =>
        _ranOn.GetValueOrDefault(vm) is { } before && after.Nodes.GetValueOrDefault(before) == "up"
            ? standing.On == before
            : standing.Is == (after.Nodes.ContainsValue("up") ? "running" : "waiting");

    /// <summary>In maintenance, as the controller said last of it.</summary>
    private void Maintained(Expectation expect, List<NodeJudged> judged)
    {
        if (expect.InMaintenance is not { } wanted)
        {
            return;
        }

        var found = judged.GroupBy(j => j.Node).Where(g => g.Last().State == "maintenance").Select(g => g.Key)
            .Order(StringComparer.Ordinal).ToList();
        if (!found.SequenceEqual(wanted.Order(StringComparer.Ordinal)))
        {
            stage.Fail($"expect in-maintenance: {string.Join(", ", wanted)}: it is {string.Join(", ", found)}");
        }
    }

    /// <summary>Of its nodes, as the store has them at the end.</summary>
    private void Fitness(Expectation expect)
    {
        foreach (var (node, wanted) in expect.Fitness)
        {
            var found = Word.Of(stage.World.Store.Ledger.Nodes[words.NodeOf(node)].Fit);
            if (found != wanted)
            {
                stage.Fail($"expect fitness: {node} is {found}, not {wanted}");
            }
        }
    }

    private void Untouched(Expectation expect)
    {
        var from = stage.Events.OfType<Injected>().FirstOrDefault(i => i.Step == 2)?.At;
        foreach (var touched in stage.Events.OfType<VmChanged>()
            .Where(vm => vm.At >= from && expect.Untouched.Contains(vm.Vm)))
        {
            stage.Fail($"expect untouched: {touched.Vm} "
                + $"{(touched.Running ? "begins to run" : "stops")} on {touched.Node} at {touched.At}");
        }
    }

    /// <summary>From what hits the leader's node, its controller or its way to the store, to the next leader.</summary>
    private void Failovers(Expectation expect)
    {
        if (expect.FailoverWithin is not { } limit)
        {
            return;
        }

        var leads = "";
        Instant? hit = null;
        foreach (var happened in stage.Events)
        {
            switch (happened)
            {
                case PowerChanged { On: false } off when off.Node == leads:
                case LinkChanged { Up: false } cut when cut.Node == leads:
                case Injected { Op: "stop-controller" or "cut-store" } inject when inject.Name == leads:
                    hit ??= happened.At;
                    break;
                case LeaderTook took:
                    if (took.At - hit > limit)
                    {
                        stage.Fail($"expect failover-within {limit.TotalSeconds:0.###} s: it took "
                            + $"{(took.At - hit)!.Value.TotalSeconds:0.###} s");
                    }

                    (leads, hit) = (took.Node, null);
                    break;
            }
        }

        if (hit is not null)
        {
            stage.Fail($"expect failover-within {limit.TotalSeconds:0.###} s: nobody took office after {hit}");
        }
    }

    /// <summary>From the fault of a VM's node to its running on another.</summary>
    private void Recoveries(Expectation expect)
    {
        if (expect.RecoveryWithin is not { } limit)
        {
            return;
        }

        var faults = new Dictionary<string, Instant>();
        var on = new Dictionary<string, string>();
        foreach (var happened in stage.Events)
        {
            switch (happened)
            {
                case PowerChanged { On: false, Why: "crash" or "self-fence" or "fence" } off:
                    faults.TryAdd(off.Node, off.At);
                    break;
                case LinkChanged { Up: false } cut:
                    faults.TryAdd(cut.Node, cut.At);
                    break;
                case PowerChanged { On: true } back:
                    faults.Remove(back.Node);
                    break;
                case LinkChanged { Up: true } joined:
                    faults.Remove(joined.Node);
                    break;
                case VmChanged { Running: true } vm:
                    if (on.TryGetValue(vm.Vm, out var before) && before != vm.Node
                        && faults.TryGetValue(before, out var since) && vm.At - since > limit)
                    {
                        stage.Fail($"expect recovery-within {limit.TotalSeconds:0.###} s: {vm.Vm} took "
                            + $"{(vm.At - since).TotalSeconds:0.###} s");
                    }

                    on[vm.Vm] = vm.Node;
                    break;
            }
        }
    }

    private void AtMost(Expectation expect, Snapshot end)
    {
        var moves = stage.Events.OfType<Acted>().Count(act => act.Kind is "live-move" or "cold-move");
        if (moves > expect.MovesAtMost)
        {
            stage.Fail($"expect at-most moves {expect.MovesAtMost}: {moves}");
        }

        if (expect is { PeakMemoryAtMost: null, ImbalanceAtMost: null })
        {
            return;
        }

        var up = scenario.Nodes.Where(node => end.Nodes[node.Key] == "up").ToList();
        var used = scenario.Policy.Placement == "used";
        var memory = up.Select(node => Share(end, node.Key,
            vm => ((used ? vm.Uses?.Memory : null) ?? words.MemoryOf(vm)).Value,
            words.MemoryOf(node.Value).Value)).ToList();
        var cpu = up.Select(node => Share(end, node.Key,
            vm => (used ? vm.Uses?.Cpu : null) ?? vm.Cpu ?? 1, node.Value.Cpu)).ToList();
        Compare("peak-memory", expect.PeakMemoryAtMost, memory.DefaultIfEmpty().Max());
        Compare("imbalance", expect.ImbalanceAtMost, Imbalance([.. memory.Zip(cpu, (m, c) => (m + c) / 2)]));
    }

    private double Share(Snapshot end, string node, Func<ScenarioVm, double> size, double whole) =>
        scenario.Vms.Keys.Where(vm => end.Vms[vm].On == node).Sum(vm => size(vms[vm])) / whole;

    /// <summary>Population standard deviation by mean; even when there is nothing to be uneven.</summary>
    private static double Imbalance(double[] shares)
    {
        var mean = shares.Length == 0 ? 0 : shares.Average();
        return mean == 0 ? 0 : Math.Sqrt(shares.Average(share => (share - mean) * (share - mean))) / mean;
    }

    private void Compare(string what, double? most, double value)
    {
        if (value > most)
        {
            stage.Fail(string.Create(
                CultureInfo.InvariantCulture, $"expect at-most {what} {most}: {value:0.######}"));
        }
    }
}
