using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario.Checkers;

/// <summary>
/// One instance of a VM at most, at any moment, by the substrate's own word; nor does one begin while a held process
/// of it is left elsewhere, which might be let run again and holds its disks. What storage refuses can be let run for a
/// moment, until its next access: it is a copy of nothing as long as that lasts.
/// </summary>
public sealed class NoInstanceRunsTwice(Truth truth) : IChecker
{
    private readonly Dictionary<string, HashSet<string>> _running = [];

    public string Name => "NoInstanceRunsTwice";

    public string? See(TraceEvent happened)
    {
        if (happened is not VmChanged vm)
        {
            return null;
        }

        if (!_running.TryGetValue(vm.Vm, out var nodes))
        {
            _running[vm.Vm] = nodes = [];
        }

        if (!vm.Running || truth.IsRefused(vm.Vm, vm.Node))
        {
            nodes.Remove(vm.Node);
            return null;
        }

        var others = string.Join(", ", nodes.Where(node => node != vm.Node).Order(StringComparer.Ordinal));
        if (!nodes.Add(vm.Node) || others.Length > 0)
        {
            return $"{vm.Vm} runs on {vm.Node} while it runs on {(others.Length == 0 ? vm.Node : others)}";
        }

        return truth.ProcessesOf(truth.InstanceOf(vm.Vm))
            .FirstOrDefault(found => found.Node != vm.Node && !found.Refused) is { } left
            ? $"{vm.Vm} runs on {vm.Node} while a held process of it is left on {left.Node}"
            : null;
    }
}
