using Havm.Model;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario.Checkers;

/// <summary>
/// A node's power is ended by order only while it is ill: not one that nothing happened to or that is well again, not
/// one that goes by its own announcement, and one that lives and is only cut off not before it had its time, nor where
/// leases end all that it runs, nor while a guest of it answers on its own network.
/// </summary>
public sealed class NoFenceWithoutCause(Truth truth, TimeSpan boot, TimeSpan lostAfter, TimeSpan? cutOffAfter)
    : IChecker
{
    /// <summary>From the decision to the end of power, with the BMC's own time: an order may be on its way.</summary>
    private static readonly TimeSpan OnItsWay = TimeSpan.FromSeconds(3);

    /// <summary>After this whoever can ask a guest has asked it, and what it answered is known.</summary>
    private static readonly TimeSpan Asked = TimeSpan.FromSeconds(8);

    /// <summary>A reboot that was announced is waited for as long.</summary>
    private static readonly TimeSpan RebootHolds = TimeSpan.FromMinutes(15);

    private static readonly HashSet<string> Plain =
    [
        "power-on", "power-off", "isolate", "cut-management", "reconnect", "shutdown", "reboot", "restart-agent", "set",
        "move", "add",
        "remove", "resize", "usage", "pause", "resume", "maintenance-on", "maintenance-off", "kill-vm", "hang-agent",
        "stale-agent",
        "fail-bmc", "repair-bmc", "fail-storage-fence", "repair-storage-fence", "let-in",
        "stop-controller", "start-controller", "stall-controller", "controller-crash-before",
        "controller-crash-after", "rack-power-off", "rack-power-on", "rack-isolate", "rack-reconnect", "flap",
        "cut-datastore", "lose-datastore", "restore-datastore", "heal", "duplicate", "reorder", "cut-store",
        "restore-store",
        "fill-store", "free-store", "hit-leader", "hang-guest", "panic-guest", "bite-guest",
    ];

    private readonly HashSet<string> _on = [];
    private readonly Dictionary<string, Instant> _cut = [];
    private readonly Dictionary<string, Instant> _joined = [];
    private readonly Dictionary<string, Instant> _going = [];
    private readonly Dictionary<string, (Instant Cut, Instant Joined)> _cutBefore = [];
    private readonly HashSet<string> _unseen = [];
    private readonly Dictionary<string, Instant> _guestsPass = [];
    private readonly Dictionary<string, Instant> _runs = [];
    private readonly HashSet<string> _flaps = [];

    /// <summary>Who answered on each node at the last look: once its power is gone nobody does.</summary>
    private readonly Dictionary<string, string> _answered = [];

    private readonly Dictionary<string, Instant> _ended = [];
    private bool _strange;

    public string Name => "NoFenceWithoutCause";

    public string? See(TraceEvent happened)
    {
        switch (happened)
        {
            case Injected { Op: "shutdown" or "reboot" } going:
                if (truth.Led && !_cut.ContainsKey(going.Name))
                {
                    _going[going.Name] = going.At;
                }

                return null;
            case Injected injected:
                // Without its heartbeat on the datastore one that is cut off gives no sign of life.
                _ = injected.Op is "cut-datastore" or "lose-datastore" && _unseen.Add(injected.Name);

                Pass(injected);

                // What hangs, lies or delays makes a node ill without a sign that could be read here.
                _strange |= !Plain.Contains(injected.Op);
                return null;
            case VmChanged { Running: true } vm:
                _runs[vm.Vm] = vm.At;
                _ended.Remove(vm.Vm);
                return null;
            case VmChanged ended:
                _ended[ended.Vm] = ended.At;
                return null;
            case LinkChanged { Up: true } joined:
                _cutBefore[joined.Node] = (_cut.GetValueOrDefault(joined.Node, joined.At), joined.At);
                _cut.Remove(joined.Node);
                _joined[joined.Node] = Instant.Max(joined.At, _joined.GetValueOrDefault(joined.Node));
                return null;
            case LinkChanged cut:
                // Joined for less than it takes to be heard, it was silent all the while.
                _cut[cut.Node] = _cutBefore.TryGetValue(cut.Node, out var before) && cut.At - before.Joined < OnItsWay
                    ? before.Cut
                    : cut.At;
                return null;
            case PowerChanged { On: true } on:
                _on.Add(on.Node);

                // Until it is up again its last boot is silent for good reason, and an order for that may meet it.
                _joined[on.Node] = on.At + boot;
                _ = on.Why != "reboot" && _going.Remove(on.Node);
                return null;
            case NodeJudged { State: "up" } back when _on.Contains(back.Node):
                _going.Remove(back.Node);
                return null;
            case PowerChanged off:
                _on.Remove(off.Node);
                return off.Why == "fence" && !_strange ? Fenced(off) : null;
            default:
                return null;
        }
    }

    public string? Look(Truth looked)
    {
        _answered.Clear();
        foreach (var (node, since) in _guestsPass)
        {
            if (Answering(node, since, looked.Now) is { } vm)
            {
                _answered[node] = vm;
            }
        }

        return null;
    }

    private string? Fenced(PowerChanged off)
    {
        if (_cut.TryGetValue(off.Node, out var since))
        {
            if (_unseen.Contains(off.Node) || (_joined.TryGetValue(off.Node, out var booted) && booted > since))
            {
                // It booted while it was cut off: its last boot is dead, and nobody has heard of another.
                return null;
            }

            // Its last word may have been a beat before the cut.
            var patience = lostAfter - TimeSpan.FromSeconds(1) + (cutOffAfter ?? TimeSpan.MaxValue / 2);
            return off.At - since < patience
                ? $"{off.Node} lives, was cut off for {(off.At - since).TotalSeconds:0.0} s only, and was switched off"
                : truth.PoliciesOn(off.Node).Any()
                    && !truth.PoliciesOn(off.Node).Concat(truth.PoliciesSeatedOn(off.Node)).Any(OnlyPowerEnds)
                    ? $"{off.Node} was switched off for VMs that its lease ends anyway"
                    : _answered.GetValueOrDefault(off.Node) is { } vm && _ended.GetValueOrDefault(vm, off.At) >= off.At
                        ? $"{off.Node} was switched off, and {vm} on it answered on its own network"
                        : null;
        }

        if (_going.TryGetValue(off.Node, out var announced))
        {
            return off.At - announced < RebootHolds && off.At - announced > OnItsWay
                ? $"{off.Node} goes by its own announcement, and was switched off"
                : null;
        }

        return _joined.TryGetValue(off.Node, out var well) && off.At - well < OnItsWay
            ? null
            : $"{off.Node} was switched off, and nothing was wrong with it";
    }

    /// <summary>A cut that lets guests pass is another from then on; a link that flaps cuts them too.</summary>
    private void Pass(Injected injected)
    {
        switch (injected.Op)
        {
            case "cut-management" when !_cut.ContainsKey(injected.Name) || _guestsPass.ContainsKey(injected.Name):
                _guestsPass.TryAdd(injected.Name, injected.At);
                break;
            case "isolate" or "reconnect":
                _guestsPass.Remove(injected.Name);
                _answered.Remove(injected.Name);
                break;
            case "flap":
                _flaps.Add(injected.Name);
                break;
        }
    }

    /// <summary>A VM that somebody has heard answer; null when there is none.</summary>
    private string? Answering(string node, Instant since, Instant now) => !_flaps.Contains(node) && now - since >= Asked
        ? _on.Where(other => !_cut.ContainsKey(other)
                && _joined.TryGetValue(other, out var joined) && now - joined >= Asked)
            .SelectMany(other => truth.AnsweringOn(node, other))
            .FirstOrDefault(vm => _runs.TryGetValue(vm, out var began) && now - began >= Asked)
        : null;

    private static bool OnlyPowerEnds(IsolationPolicy policy) => policy == IsolationPolicy.LeaveRunning;
}
