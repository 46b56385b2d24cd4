using Havm.Core.Records;
using Havm.Model;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario.Checkers;

/// <summary>
/// Automation starts nothing before what it depends on has come up, or was waited for in vain: not when it is given a
/// seat, and not when its node has booted. That what is depended on may fail in the same moment is nobody's fault, so
/// it counts whether the process of its seat has run for as long as a guest needs to boot.
/// </summary>
public sealed class StartsInOrder(Truth truth, TimeSpan boot) : IChecker
{
    /// <summary>On a host whose clock runs fast a guest boots so much sooner.</summary>
    private const double Fast = 1.01;

    /// <summary>So long what has stopped may be believed to run, by whoever stood still meanwhile.</summary>
    private static readonly TimeSpan Known = TimeSpan.FromSeconds(60);

    private readonly Dictionary<(string Vm, Generation Seat), Instant> _began = [];
    private readonly Dictionary<string, Instant> _stopped = [];
    private readonly Dictionary<string, Instant> _powered = [];
    private readonly HashSet<string> _runs = [];
    private readonly HashSet<(string Vm, string On)> _inVain = [];

    public string Name => "StartsInOrder";

    public string? See(TraceEvent happened)
    {
        switch (happened)
        {
            case PowerChanged { On: true } on:
                _powered[on.Node] = on.At;
                return null;
            case VmChanged { Running: false } gone:
                _runs.Remove(gone.Vm);
                _stopped[gone.Vm] = gone.At;
                return null;
            case VmChanged begun:
                return Begins(begun);
            case Acted { Kind: "start", From: null } or Acted { Kind: "recover" }:
                var act = (Acted)happened;
                return Early(act.Vm, act.At, (member, condition) =>
                    HasBegun(member, act.At - (condition == Readiness.Running ? TimeSpan.Zero : boot / Fast)));
            default:
                return null;
        }
    }

    private string? Begins(VmChanged begun)
    {
        _runs.Add(begun.Vm);
        var seat = truth.ProcessesOf(truth.InstanceOf(begun.Vm)).FirstOrDefault(p => p.Node == begun.Node)?.Generation
            ?? Generation.None;
        var again = _began.TryGetValue((begun.Vm, seat), out var first)
            && _powered.TryGetValue(begun.Node, out var on) && on > first
            && _stopped.TryGetValue(begun.Vm, out var stopped) && stopped < on;
        _began.TryAdd((begun.Vm, seat), begun.At);
        return again && truth.Ledger is { Disarm: null } && truth.Ledger.Counters.AdoptedBeyond == Epoch.None
            ? Early(begun.Vm, begun.At, (member, _) => _runs.Contains(member)
                || (_stopped.TryGetValue(member, out var went) && begun.At - went < Known))
            : null;
    }

    private string? Early(string vm, Instant at, Func<string, Readiness, bool> stands)
    {
        if (truth.Ledger.Instances.GetValueOrDefault(truth.InstanceOf(vm)) is { StartWait.Ordered: true })
        {
            return null;
        }

        foreach (var dependency in truth.Scenario.Vms.GetValueOrDefault(vm)?.DependsOn ?? [])
        {
            if (!_inVain.Contains((vm, dependency.On)) && Members(dependency).FirstOrDefault(member => IsWanted(member)
                && !(stands(member, dependency.Condition) && Comes(member, dependency))) is { } early)
            {
                if (at - _stopped.GetValueOrDefault(vm, Instant.Origin) < dependency.Timeout)
                {
                    return $"{vm} is started before {early}, which it depends on, has come up";
                }

                _inVain.Add((vm, dependency.On));
            }
        }

        return null;
    }

    private IEnumerable<string> Members(ScenarioDependency dependency) => dependency.IsService
        ? truth.Scenario.Vms.Keys.Where(vm => vm.StartsWith($"{dependency.On}-web-", StringComparison.Ordinal))
        : [dependency.On];

    private bool IsWanted(string vm) => truth.Ledger.Instances.GetValueOrDefault(truth.InstanceOf(vm))
        is { Wanted: WantedState.Running, Leaving: false };

    /// <summary>Its guest says that it is ready, in the end.</summary>
    private bool Comes(string vm, ScenarioDependency dependency) => dependency.Condition == Readiness.Running
        || truth.Scenario.Vms[vm].Faults is not { NeverReady: true };

    /// <summary>The process of its seat first ran by then.</summary>
    private bool HasBegun(string vm, Instant by) =>
        truth.Ledger.Instances.GetValueOrDefault(truth.InstanceOf(vm))?.Seat is { } seat
        && _began.TryGetValue((vm, seat.Generation), out var began) && began <= by;
}
