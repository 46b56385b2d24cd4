using Havm.Core.Disarming;
using Havm.Model;
using Havm.Simulator.Faults;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario.Checkers;

/// <summary>
/// While automation is disarmed the controller starts, stops, moves and fences nothing; a node that knows of it starts
/// nothing and stops nothing that has its seat there; and after it, nothing is fenced before it was listened for anew.
/// </summary>
public sealed class DisarmedStandsStill(Truth truth, TimeSpan lostAfter) : IChecker
{
    /// <summary>What was under way when a node heard of it comes to its end.</summary>
    private static readonly TimeSpan UnderWay = TimeSpan.FromSeconds(15);

    /// <summary>A clock may be fast by a hundredth.</summary>
    private const double Fast = 1.01;

    private readonly HashSet<string> _hurt = [];
    private readonly HashSet<string> _going = [];
    private readonly HashSet<string> _held = [];
    private Instant? _since;
    private Instant? _over;

    public string Name => "DisarmedStandsStill";

    public string? See(TraceEvent happened)
    {
        switch (happened)
        {
            case Injected { Op: "shutdown" or "reboot" } going:
                _going.Add(going.Name);
                return null;
            case Injected injected when injected.Subject == "vm" && (FaultCatalogue.Find(injected.Op) is not null
                || injected.Op is "moved-by-hand" or "add" or "remove"):
                _hurt.Add(injected.Name);
                return null;
            case PowerChanged power:
                _going.Remove(power.Node);
                return null;
            case NodeJudged { State: "fencing" } order when _since is not null:
                return $"{order.Node} was ordered off while automation was disarmed, or as it came back on";
            case NodeJudged { State: "fencing" } order
                when _over is { } over && order.At - over < lostAfter / Fast:
                return $"{order.Node} was ordered off {(order.At - over).TotalSeconds:0.0} s after automation came "
                    + "back on";
            case Acted { Kind: not "adopt", Cause: not "order" } act when _since is not null && IsDisarmed(truth):
                return $"{act.Vm}: {act.Kind} while automation was disarmed";
            case VmChanged vm:
                return vm.Running ? Started(vm) : Stopped(vm);
            default:
                return null;
        }
    }

    public string? Look(Truth of)
    {
        var disarmed = IsDisarmed(of);
        _over = disarmed ? null : _since is not null ? of.Now : _over;
        _since = disarmed ? _since ?? of.Now : null;
        return null;
    }

    private static bool IsDisarmed(Truth of) => DisarmRule.InForce(of.Ledger) is not null;

    private bool Stands(VmChanged vm) =>
        _since is { } since && vm.At - since > UnderWay && truth.KnowsDisarm(vm.Node) && !_hurt.Contains(vm.Vm);

    /// <summary>What the lease's end had paused goes on when its node is leased again: that is no start.</summary>
    private string? Started(VmChanged vm) => Stands(vm) && !_held.Remove(vm.Vm)
        ? $"{vm.Vm} begins to run on {vm.Node}, which knows that automation is disarmed"
        : null;

    private string? Stopped(VmChanged vm)
    {
        if (truth.PolicyOf(vm.Vm, vm.Node) is not null)
        {
            _held.Add(vm.Vm);
        }

        var seat = truth.Ledger.Instances.GetValueOrDefault(truth.InstanceOf(vm.Vm))?.Seat;
        return Stands(vm) && !_going.Contains(vm.Node) && vm.Why is not ("crash" or "self-fence" or "fence")
            && seat is not null && seat.Node == truth.NodeOf(vm.Node) && !truth.IsIll(vm.Vm, vm.Node)
            ? $"{vm.Vm} stopped on {vm.Node}, which knows that automation is disarmed"
            : null;
    }
}
