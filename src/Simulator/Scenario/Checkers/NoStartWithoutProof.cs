using Havm.Core.Records;
using Havm.Model;
using Havm.Simulator.Faults;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario.Checkers;

/// <summary>
/// A VM runs elsewhere only once it has stopped where it ran; and where it stopped because its node's power went, only
/// once that node is traced as fenced, or up again, or storage refuses it, or a lease that was not renewed since is
/// surely over. That takes as long as SAFETY says, whatever the product counts. No seat is committed while a process
/// of an earlier generation is left anywhere, whether it would have had the luck to end in time or not, unless storage
/// refuses what it writes.
/// </summary>
public sealed class NoStartWithoutProof(ScenarioFile scenario, Truth truth) : IChecker
{
    /// <summary>The last word that renewed a lease was said so long before its node was cut off, at most.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);

    /// <summary>A controller's clock may be fast by a hundredth, and a host's slow: T is on the controller's.</summary>
    private const double Fast = 1.01;

    private readonly Dictionary<string, string> _lastOn = [];
    private readonly HashSet<string> _runs = [];
    private readonly HashSet<string> _unproven = [];
    private readonly HashSet<(string Vm, string Node)> _lostThere = [];
    private readonly Dictionary<InstanceName, Generation> _seated = [];
    private readonly HashSet<string> _down = [];
    private bool _starved;
    private readonly Dictionary<string, Instant> _silent = [];
    private readonly List<(string Node, Instant At, Instant Since)> _joined = [];
    private readonly HashSet<(string Vm, string Node)> _byLease = [];

    public string Name => "NoStartWithoutProof";

    public string? See(TraceEvent happened)
    {
        switch (happened)
        {
            case Injected injected when FaultCatalogue.Find(injected.Op) is { StarvesLeases: true }:
                // Answers may have failed to come long before anything shows it here.
                _starved = true;
                break;
            case PowerChanged { On: false } power:
                _down.Add(power.Node);
                _silent.TryAdd(power.Node, SilentSince(power.Node, power.At));
                if (power.Why is "crash" or "self-fence" or "fence")
                {
                    _unproven.Add(power.Node);
                }

                break;
            case LinkChanged { Up: false } cut:
                _silent.TryAdd(cut.Node, SilentSince(cut.Node, cut.At));
                break;
            case LinkChanged joined:
                if (!_down.Contains(joined.Node) && _silent.Remove(joined.Node, out var before))
                {
                    _joined.Add((joined.Node, joined.At, before));
                }

                break;
            case NodeJudged { State: "fenced" or "up" or "maintenance" } node:
                // What was lost with that boot is free; that a later boot loses its power too concerns nothing of it.
                _unproven.Remove(node.Node);
                _lostThere.RemoveWhere(lost => lost.Node == node.Node);
                _ = node.State == "up" && _down.Remove(node.Node) | _silent.Remove(node.Node);
                break;
            case Acted { Kind: "recover" } act:
                return act is { Cause: "lease", From: { } from } ? OverByNow(act, from) : null;
            case VmChanged { Running: false } stopped:
                _runs.Remove(stopped.Vm);
                if (_unproven.Contains(stopped.Node))
                {
                    _lostThere.Add((stopped.Vm, stopped.Node));
                }

                break;
            case VmChanged running:
                return Started(running);
        }

        return null;
    }

    /// <summary>
    /// A link that came and went at one moment, or whose node's power did, carried no word; nor may that of the
    /// controller's own node have that came a moment ago: the next word was due later than that.
    /// </summary>
    private Instant SilentSince(string node, Instant now)
    {
        _joined.RemoveAll(link => now - link.At > Heartbeat * Fast);
        var brief = _joined.Where(link => link.Node == node ? link.At == now : truth.LeadsItself(link.Node))
            .Select(link => link.Since);
        return brief.Append(now).Min();
    }

    /// <summary>The least that T of the controller lasts, from a beat after the last that was answered.</summary>
    private static TimeSpan Least(int seconds) => (TimeSpan.FromSeconds(seconds) / Fast) - (Heartbeat * Fast);

    /// <summary>T of SAFETY's table, from when its node can have been answered last, at the latest.</summary>
    private string? OverByNow(Acted act, string from)
    {
        _byLease.Add((act.Vm, from));
        int? seconds = scenario.Vms.GetValueOrDefault(act.Vm)?.Isolation switch
        {
            IsolationPolicy.PowerOff => 19,
            IsolationPolicy.Stop => 48,
            IsolationPolicy.Pause => 68,
            _ => null,
        };
        return seconds is not { } wait ? $"{act.Vm} was recovered by its lease, and no lease binds it"
            : !_starved && _silent.TryGetValue(from, out var since)
                && act.At - since < Least(wait)
                ? $"{act.Vm} was recovered by its lease {(act.At - since).TotalSeconds:0.0} s after {from} fell "
                    + $"silent, and {wait} s is the least"
                : null;
    }

    /// <summary>Started by hand, it named no generation, and it is where the seat is: that seat is for it.</summary>
    private static bool IsTakenUp(Truth truth, FoundSomewhere process, NodeName seat) =>
        process.Generation == Generation.None && truth.NodeOf(process.Node) == seat;

    public string? Look(Truth _)
    {
        string? wrong = null;
        foreach (var name in truth.Changed)
        {
            if (truth.Ledger.Instances.GetValueOrDefault(name) is { Seat: { } seat }
                && _seated.GetValueOrDefault(name) != seat.Generation)
            {
                _seated[name] = seat.Generation;
                wrong ??= Seated(truth, name, seat);
            }
        }

        return wrong;
    }

    private static string? Seated(Truth truth, InstanceName name, Seat seat) => truth.ProcessesOf(name)
        .FirstOrDefault(p => p.Generation < seat.Generation
            && !p.Untold && !(p.Refused && truth.HasProvenCut(p.Node)) && !IsTakenUp(truth, p, seat.Node)) is { } alive
            ? $"{truth.VmOf(name)} was given a seat, generation {seat.Generation}, while generation "
                + $"{alive.Generation} is alive on {alive.Node}"
            : null;

    private string? Started(VmChanged running)
    {
        var before = _lastOn.GetValueOrDefault(running.Vm);
        _lastOn[running.Vm] = running.Node;
        var ran = !_runs.Add(running.Vm);
        if (before is null || before == running.Node)
        {
            return null;
        }

        if (ran)
        {
            return $"{running.Vm} starts on {running.Node} and has not stopped on {before}";
        }

        // One that was given a seat and never filled it may have been freed from several nodes since it ran.
        var byLease = _byLease.Contains((running.Vm, before));
        _byLease.RemoveWhere(freed => freed.Vm == running.Vm);
        return _lostThere.Remove((running.Vm, before)) && _unproven.Contains(before) && !byLease
            && !(truth.Refuses(running.Vm, before) && truth.HasProvenCut(before))
            ? $"{running.Vm} starts on {running.Node}, and {before}, which it was lost with, is not fenced"
            : null;
    }
}
