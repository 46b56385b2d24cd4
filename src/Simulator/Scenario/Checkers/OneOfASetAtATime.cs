using Havm.Core.Records;
using Havm.Model;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario.Checkers;

/// <summary>
/// Automation moves no member of an availability set away while another member that is wanted running does not run,
/// unless their node goes anyway, or a rule keeps the two together and so they go as one; and it moves no voter away
/// whose vote its quorum group needs.
/// </summary>
public sealed class OneOfASetAtATime(Truth truth) : IChecker
{
    /// <summary>So long after a member stopped or began to run the controller knows.</summary>
    private static readonly TimeSpan Known = TimeSpan.FromSeconds(6);

    private readonly Dictionary<string, Instant> _away = [];
    private readonly HashSet<string> _going = [];
    private readonly Dictionary<string, Instant> _run = [];

    public string Name => "OneOfASetAtATime";

    public string? See(TraceEvent happened)
    {
        switch (happened)
        {
            case Injected { Op: "shutdown" or "reboot" } going:
                _going.Add(going.Name);
                return null;
            case PowerChanged { On: true } on:
                _going.Remove(on.Node);
                return null;
            case VmChanged { Running: true } back:
                _away.Remove(back.Vm);
                _run[back.Vm] = back.At;
                return null;
            case VmChanged gone:
                _away.TryAdd(gone.Vm, gone.At + Known);
                return null;
            case Acted { Kind: "live-move" or "cold-move", From: { } from } move:
                // One that does not run is not taken away by its move.
                var wrong = move.Cause == "order" || _going.Contains(from) || _away.ContainsKey(move.Vm)
                    ? null
                    : Wrong(move) ?? WithoutMajority(move);
                _away[move.Vm] = move.At;
                return wrong;
            default:
                return null;
        }
    }

    private string? Wrong(Acted move) => truth.Scenario.Vms.GetValueOrDefault(move.Vm)?.AvailabilitySet is { } set
        && truth.Scenario.Vms.Where(vm => vm.Value.AvailabilitySet == set && vm.Key != move.Vm
                && !GoAsOne(vm.Key, move.Vm))
            .Select(vm => vm.Key).FirstOrDefault(other => IsAway(other, move.At)) is { } away
            ? $"{move.Vm} was moved away while {away}, of the same set, does not run"
            : null;

    /// <summary>
    /// What has no majority as it is has none to lose. What the controller cannot know yet is taken for its excuse.
    /// </summary>
    private string? WithoutMajority(Acted move)
    {
        foreach (var (name, group) in truth.Scenario.Quorums.Where(group => group.Value.Members.Contains(move.Vm)))
        {
            var there = group.Members.Count(vm => vm == move.Vm ? MayVote(vm, move.At) : IsKnownToVote(vm, move.At));
            var left = group.Witness
                + group.Members.Count(vm => vm != move.Vm && !GoAsOne(vm, move.Vm) && MayVote(vm, move.At));
            var all = group.Members.Length + group.Witness;
            if (left * 2 <= all && (there + group.Witness) * 2 > all)
            {
                return $"{move.Vm} was moved away, and quorum group {name} has {left} of {all} votes without it";
            }
        }

        return null;
    }

    private bool IsKnownToVote(string vm, Instant at) =>
        _run.TryGetValue(vm, out var since) && at >= since + Known && !_away.ContainsKey(vm);

    private bool MayVote(string vm, Instant at) =>
        _run.ContainsKey(vm) && !(_away.TryGetValue(vm, out var since) && at >= since);

    private bool GoAsOne(string one, string other) => truth.Scenario.Rules
        .Any(rule => rule.Kind == "together" && rule.Vms.Contains(one) && rule.Vms.Contains(other));

    private bool IsAway(string vm, Instant at) => _away.TryGetValue(vm, out var since) && at >= since
        && truth.Ledger.Instances.GetValueOrDefault(truth.InstanceOf(vm))
            is { Wanted: WantedState.Running, Leaving: false };
}
