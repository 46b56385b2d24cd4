using Havm.Core.Leases;
using Havm.Model;
using Havm.Simulator.Faults;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario.Checkers;

/// <summary>
/// Nothing healthy is stopped: a VM on a node that has power and is joined stops only after an action with its cause,
/// because its node goes by order, or because nobody could have leased it.
/// </summary>
public sealed class HealthyLeftAlone(Truth truth) : IChecker
{
    /// <summary>
    /// After a cut or an absence of leaders has ended, leases may still run out for as long as the longest.
    /// </summary>
    private static readonly TimeSpan Aftermath = LeaseTerms.Default.LongestT;

    private readonly HashSet<string> _acted = [];
    private readonly HashSet<string> _off = [];
    private readonly HashSet<string> _going = [];
    private readonly Dictionary<string, Instant?> _joinedSince = [];
    private Instant? _faultSince;

    public string Name => "HealthyLeftAlone";

    public string? See(TraceEvent happened)
    {
        _faultSince = truth.Starves ? happened.At : _faultSince;
        switch (happened)
        {
            case Injected { Op: "shutdown" or "reboot" } going:
                _going.Add(going.Name);
                return null;
            case Injected { Op: "kill-vm" or "moved-by-hand" } killed:
                _acted.Add(killed.Name);
                return null;
            case LeaderTook:
                _faultSince = happened.At;
                return null;
            case Injected { Op: "endpoint-fail" or "endpoint-heal" or "crash-role" or "fail-role" or "mend-role" }:
                // Its guest is well, and restarts its program by itself until it gives that up.
                return null;
            case Acted { Kind: "stop", Cause: "fault" } reset when truth.BalancersAreBlind:
                return $"{reset.Vm} is stopped for its endpoint, and no load balancer sees any";
            case Injected { Subject: "vm" } hurt when FaultCatalogue.Find(hurt.Op) is not null:
                _acted.Add(hurt.Name);
                return null;
            case Injected injected when FaultCatalogue.Find(injected.Op) is { StarvesLeases: true }:
                _faultSince = happened.At;
                return null;
            case PowerChanged power:
                _going.Remove(power.Node);
                _ = power.On ? _off.Remove(power.Node) : _off.Add(power.Node);
                return null;
            case LinkChanged link:
                _joinedSince[link.Node] = link.Up ? link.At : null;
                return null;
            case Acted act:
                _acted.Add(act.Vm);
                return null;
            case VmChanged { Running: true } vm:
                // One that hangs, or is to leave, and was only held meanwhile is still to be stopped.
                _ = !truth.IsHung(vm.Vm) && !IsToLeave(vm) && _acted.Remove(vm.Vm);
                return null;
            case VmChanged vm:
                return Stopped(vm);
            default:
                return null;
        }
    }

    private bool IsToLeave(VmChanged vm) => truth.Ledger.Instances.GetValueOrDefault(truth.InstanceOf(vm.Vm))
        ?.Move?.From == truth.NodeOf(vm.Node);

    private string? Stopped(VmChanged vm)
    {
        var cut = _joinedSince.TryGetValue(vm.Node, out var joined)
            && (joined is not { } since || vm.At - since < Aftermath);
        var unled = _faultSince is { } fault && vm.At - fault < Aftermath;
        return _acted.Contains(vm.Vm) || _off.Contains(vm.Node) || _going.Contains(vm.Node)
            || truth.IsIll(vm.Vm, vm.Node) || cut || unled
            ? null
            : $"{vm.Vm} stopped on {vm.Node}, which was well, and no action says why";
    }
}
