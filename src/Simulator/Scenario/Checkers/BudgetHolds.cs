using Havm.Model;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario.Checkers;

/// <summary>
/// In 10 minutes no more nodes are ordered off than one rack has, or a tenth of all; none is while over half of all
/// nodes, or over a third in several racks, are silent; and nothing is seated on a node that has no memory left for it.
/// </summary>
public sealed class BudgetHolds(Truth truth) : IChecker
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    /// <summary>So long after a cut everybody knows that a node is silent.</summary>
    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(6);

    private readonly Dictionary<string, Instant> _silent = [];
    private readonly HashSet<string> _kept = [];
    private readonly HashSet<string> _dead = [];
    private readonly Dictionary<string, Instant> _fenced = [];
    private readonly Dictionary<string, string> _seated = [];
    private readonly Dictionary<string, string> _on = [];
    private readonly Dictionary<string, HashSet<string>> _there = [];
    private bool _sizesChanged;

    public string Name => "BudgetHolds";

    public string? See(TraceEvent happened)
    {
        switch (happened)
        {
            case NodeJudged { State: "fencing" } order:
                _fenced[order.Node] = order.At;
                return Fences(order.At) ?? TooManySilent(order);
            case Injected { Op: "shutdown" or "reboot" } going when !_silent.ContainsKey(going.Name):
                // It said so itself: it is down by order, and its silence is no sign that we are the ones cut off.
                _kept.Add(going.Name);
                return null;
            case NodeJudged { State: "maintenance" } kept:
                // Emptied and kept, it may be switched off by hand: its silence says nothing.
                _kept.Add(kept.Node);
                return null;
            case NodeJudged { State: "fenced" or "up" } known:
                _kept.Remove(known.Node);
                _silent.Remove(known.Node);
                _ = known.State == "fenced" ? _dead.Add(known.Node) : _dead.Remove(known.Node);
                return null;
            case LinkChanged { Up: false } cut when _dead.Contains(cut.Node):
                // It is known to be off: that its cable is pulled too is no news.
                return null;
            case LinkChanged link:
                _ = link.Up ? _silent.Remove(link.Node) : _silent.TryAdd(link.Node, link.At);
                return null;
            case PowerChanged { On: true } on:
                _silent.Remove(on.Node);
                _dead.Remove(on.Node);
                return null;
            case Injected { Op: "resize" or "add" }:
                _sizesChanged = true;
                return null;
            case Acted { To: { } to } act:
                _seated[act.Vm] = to;
                return null;
            case VmChanged { Running: false } vm:
                Stopped(vm.Vm);
                return null;
            case VmChanged vm:
                Runs(vm);
                return _seated.GetValueOrDefault(vm.Vm) == vm.Node ? Memory(vm) : null;
            default:
                return null;
        }
    }

    private string? Fences(Instant now)
    {
        var nodes = truth.Scenario.Nodes.Count;
        var rack = truth.Scenario.RackOf.Values.GroupBy(name => name).Max(all => all.Count());
        var most = Math.Max(rack, nodes / 10);
        var recent = _fenced.Where(fence => now - fence.Value < Window).Select(fence => fence.Key)
            .Order(StringComparer.Ordinal).ToList();
        return recent.Count > most
            ? $"{string.Join(", ", recent)} were ordered off within 10 min, and {most} is the most"
            : null;
    }

    /// <summary>Nodes that are cut off; those without power are soon proven off, and do not count then.</summary>
    private string? TooManySilent(NodeJudged order)
    {
        var silent = _silent.Where(cut => order.At - cut.Value > Noticed && !_kept.Contains(cut.Key))
            .Select(cut => cut.Key).ToList();
        var racks = silent.Select(node => truth.Scenario.RackOf[node]).Distinct().Count();
        var nodes = truth.Scenario.Nodes.Count;
        return silent.Count >= 2 && (silent.Count * 2 > nodes || (silent.Count * 3 > nodes && racks >= 2))
            ? $"{order.Node} was ordered off while {silent.Count} of {nodes} nodes in {racks} racks were silent"
            : null;
    }

    private void Runs(VmChanged vm)
    {
        Stopped(vm.Vm);
        _on[vm.Vm] = vm.Node;
        if (!_there.TryGetValue(vm.Node, out var there))
        {
            _there[vm.Node] = there = [];
        }

        there.Add(vm.Vm);
    }

    private void Stopped(string vm)
    {
        if (_on.Remove(vm, out var node))
        {
            _there[node].Remove(vm);
        }
    }

    private string? Memory(VmChanged vm)
    {
        if (_sizesChanged || truth.Scenario.Policy.Overcommit)
        {
            return null;
        }

        var there = _there[vm.Node].Where(truth.Scenario.Vms.ContainsKey)
            .Sum(on => truth.MemoryOf(truth.Scenario.Vms[on]).Value);
        return there > truth.MemoryOf(truth.Scenario.Nodes[vm.Node]).Value
            ? $"{vm.Vm} was seated on {vm.Node}, which has no memory left for it"
            : null;
    }
}
