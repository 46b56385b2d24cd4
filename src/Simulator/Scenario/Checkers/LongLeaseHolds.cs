using Havm.Core.Records;
using Havm.Model;
using Havm.Simulator.Faults;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario.Checkers;

/// <summary>
/// On a node that holds a long lease nothing ends for want of a leader: what has its seat there and is wanted running
/// stops only because somebody acted, something broke in the machine itself, or its node goes.
/// </summary>
public sealed class LongLeaseHolds(Truth truth) : IChecker
{
    /// <summary>A guest that was asked to shut down before may take as long.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly HashSet<string> _acted = [];
    private readonly HashSet<string> _going = [];
    private readonly Dictionary<string, Instant> _heldSince = [];

    public string Name => "LongLeaseHolds";

    public string? See(TraceEvent happened)
    {
        switch (happened)
        {
            case Injected { Op: "shutdown" or "reboot" } going:
                _going.Add(going.Name);
                return null;
            case Injected injected when injected.Op is "moved-by-hand" or "remove"
                || (injected.Subject == "vm" && FaultCatalogue.Find(injected.Op) is not null):
                _acted.Add(injected.Name);
                return null;
            case Acted act:
                _acted.Add(act.Vm);
                return null;
            case PowerChanged power:
                _going.Remove(power.Node);
                return null;
            case VmChanged { Running: true } vm:
                _acted.Remove(vm.Vm);
                return null;
            case VmChanged vm:
                return Ended(vm)
                    ? $"{vm.Vm} stopped on {vm.Node}, which holds a long lease, and no action says why"
                    : null;
            default:
                return null;
        }
    }

    public string? Look(Truth all)
    {
        foreach (var node in all.Scenario.Nodes.Keys)
        {
            _ = all.HoldsLongLease(node) ? _heldSince.TryAdd(node, all.Now) : _heldSince.Remove(node);
        }

        return null;
    }

    private bool WasAskedBefore(VmChanged vm) => vm.Why == "the guest shut down"
        && !(_heldSince.TryGetValue(vm.Node, out var since) && vm.At - since > Grace);

    private bool Ended(VmChanged vm) => vm.Why is not ("crash" or "self-fence" or "fence") && !WasAskedBefore(vm)
        && !_acted.Contains(vm.Vm) && !_going.Contains(vm.Node) && truth.HoldsLongLease(vm.Node)
        && !truth.IsIll(vm.Vm, vm.Node)
        && truth.Ledger.Instances.GetValueOrDefault(truth.InstanceOf(vm.Vm))
            is { Wanted: WantedState.Running, Leaving: false, Seat: { } seat }
        && seat.Node == truth.NodeOf(vm.Node);
}
