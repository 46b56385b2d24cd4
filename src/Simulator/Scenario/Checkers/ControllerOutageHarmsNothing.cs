using Havm.Model;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario.Checkers;

/// <summary>
/// Whatever becomes of the controller, what is left running runs: no such VM stops on a node that has power and stays,
/// unless an action says why; no node ends itself for the sake of such VMs alone; and without a leader nobody is
/// fenced.
/// </summary>
public sealed class ControllerOutageHarmsNothing(Truth truth) : IChecker
{
    /// <summary>An order that left before its leader went may still be carried out.</summary>
    private static readonly TimeSpan OnItsWay = TimeSpan.FromSeconds(3);

    private static readonly HashSet<string> Harmless =
    [
        "power-on", "power-off", "isolate", "reconnect", "shutdown", "reboot", "restart-agent", "set", "remove",
        "stop-controller", "start-controller", "partition", "slow", "loss",
        "move", "add", "resize", "usage", "pause", "resume", "maintenance-on", "maintenance-off", "heal", "flap",
        "rack-power-off", "rack-power-on", "rack-isolate", "rack-reconnect", "duplicate", "reorder", "cut-store",
        "restore-store", "fill-store", "free-store", "hit-leader", "stall-controller", "controller-crash-before",
        "controller-crash-after", "fail-bmc", "repair-bmc", "fail-storage-fence", "repair-storage-fence", "let-in",
    ];

    private readonly HashSet<string> _on = [];
    private readonly HashSet<string> _going = [];
    private readonly HashSet<string> _acted = [];
    private bool _machinesFail;

    public string Name => "ControllerOutageHarmsNothing";

    public string? See(TraceEvent happened)
    {
        switch (happened)
        {
            case Injected { Op: "shutdown" or "reboot" } going:
                _going.Add(going.Name);
                return null;
            case Injected injected:
                _machinesFail |= !Harmless.Contains(injected.Op);
                return null;
            case Acted act:
                _acted.Add(act.Vm);
                return null;
            case PowerChanged power:
                _going.Remove(power.Node);
                _ = power.On ? _on.Add(power.Node) : _on.Remove(power.Node);
                return power.On ? null : WentOff(power);
            case VmChanged { Running: true } vm:
                _acted.Remove(vm.Vm);
                return null;
            case VmChanged vm:
                return Stopped(vm);
            default:
                return null;
        }
    }

    private string? WentOff(PowerChanged off) => off.Why switch
    {
        "fence" when !truth.Led && off.At - truth.LeaderLostAt > OnItsWay =>
            $"{off.Node} was switched off while nobody led",
        "self-fence" when !_machinesFail && !truth.PoliciesOn(off.Node).Any(p => p != IsolationPolicy.LeaveRunning) =>
            $"{off.Node} ended itself, and no lease binds anything there",
        _ => null,
    };

    private string? Stopped(VmChanged vm) =>
        !_machinesFail && !truth.StorageRefuses(vm.Node) && _on.Contains(vm.Node) && !_going.Contains(vm.Node)
            && !_acted.Contains(vm.Vm)
            && truth.Scenario.Vms.GetValueOrDefault(vm.Vm)?.Isolation == IsolationPolicy.LeaveRunning
            ? $"{vm.Vm} is to be left running, and stopped on {vm.Node}"
            : null;
}
