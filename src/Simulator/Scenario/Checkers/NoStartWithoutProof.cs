using Havm.Core.Leases;
using Havm.Model;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario.Checkers;

/// <summary>
/// A VM runs elsewhere only once it has stopped where it ran; and where it stopped because its node's power went, only
/// once that node is traced as fenced, or up again, or its lease must have ended.
/// </summary>
public sealed class NoStartWithoutProof : IChecker
{
    /// <summary>The shortest T, less what may pass between the last answered beat and the end of power.</summary>
    private static readonly TimeSpan LeaseEnds =
        LeaseTerms.Default.T(IsolationPolicy.PowerOff)!.Value - (2 * LeaseTerms.Default.Heartbeat);

    private readonly Dictionary<string, string> _lastOn = [];
    private readonly Dictionary<string, Instant> _stoppedAt = [];
    private readonly HashSet<(string Vm, string Node)> _onLease = [];
    private readonly HashSet<string> _runs = [];
    private readonly HashSet<string> _unproven = [];
    private readonly HashSet<(string Vm, string Node)> _lostThere = [];

    public string Name => "NoStartWithoutProof";

    public string? See(TraceEvent happened)
    {
        switch (happened)
        {
            case PowerChanged { On: false, Why: "crash" or "self-fence" or "fence" } power:
                _unproven.Add(power.Node);
                break;
            case NodeJudged { State: "fenced" or "up" } node:
                _unproven.Remove(node.Node);
                break;
            case Acted { Kind: "recover", Cause: "lease", From: { } from } act
                when act.At - _stoppedAt.GetValueOrDefault(act.Vm, act.At) >= LeaseEnds:
                _onLease.Add((act.Vm, from));
                break;
            case VmChanged { Running: false } stopped:
                _runs.Remove(stopped.Vm);
                _stoppedAt[stopped.Vm] = stopped.At;
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

        var ended = _onLease.Remove((running.Vm, before));
        return _lostThere.Remove((running.Vm, before)) && _unproven.Contains(before) && !ended
            ? $"{running.Vm} starts on {running.Node}, and {before}, which it was lost with, is not fenced"
            : null;
    }
}
