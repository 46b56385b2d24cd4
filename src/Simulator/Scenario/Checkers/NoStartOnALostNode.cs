using Havm.Core.Leaders;
using Havm.Core.Leases;
using Havm.Model;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario.Checkers;

/// <summary>
/// Nothing begins to run on a node without power, nor on one that is cut off for longer than its lease can be fresh;
/// what people start there by hand is theirs.
/// </summary>
public sealed class NoStartOnALostNode(Truth truth) : IChecker
{
    /// <summary>
    /// P and one heartbeat: what was leased just before the cut may still begin. A leader that was cut off with its
    /// node leases to that node until it steps down; whoever follows it waits T from taking office.
    /// </summary>
    private static readonly TimeSpan Leased =
        LeaseTerms.Default.P + LeaseTerms.Default.Heartbeat + LeadershipTerms.Default.StepDown;

    private readonly HashSet<string> _on = [];
    private readonly Dictionary<string, Instant> _cut = [];
    private readonly Dictionary<string, Instant> _byHand = [];

    public string Name => "NoStartOnALostNode";

    public string? See(TraceEvent happened)
    {
        switch (happened)
        {
            case Injected { Op: "moved-by-hand" or "add" } hand:
                _byHand[hand.Name] = hand.At;
                return null;
            case VmChanged { Running: true } vm when _byHand.TryGetValue(vm.Vm, out var at) && at == vm.At:
                return null;
            case PowerChanged power:
                _ = power.On ? _on.Add(power.Node) : _on.Remove(power.Node);
                return null;
            case LinkChanged { Up: true } joined:
                _cut.Remove(joined.Node);
                return null;
            case LinkChanged cut:
                _cut[cut.Node] = cut.At;
                return null;
            case VmChanged { Running: true } vm when !_on.Contains(vm.Node):
                return $"{vm.Vm} begins to run on {vm.Node}, which is off";
            case VmChanged { Running: true } vm
                when _cut.TryGetValue(vm.Node, out var since) && vm.At - since > Leased
                    && !truth.HeldLongLease(vm.Node, Leased) && !truth.LeadsItself(vm.Node):
                return $"{vm.Vm} begins to run on {vm.Node}, which is cut off for {(vm.At - since).TotalSeconds:0} s";
            default:
                return null;
        }
    }
}
