using Havm.Core.Records;
using Havm.Model;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario.Checkers;

/// <summary>
/// A node whose diagnosis has failed gets no new seat before another has passed, or an operator gave it back; what
/// people brought there by hand is theirs.
/// </summary>
public sealed class NoSeatOnAnIllNode : IChecker
{
    private readonly Dictionary<InstanceName, Seat?> _seats = [];
    private readonly HashSet<NodeName> _ill = [];

    public string Name => "NoSeatOnAnIllNode";

    public string? See(TraceEvent happened) => null;

    public string? Look(Truth truth)
    {
        // Who gives a node back may have it seated in the same commit: ill is what was so before and still is.
        _ill.IntersectWith(Ill(truth));
        string? wrong = null;
        foreach (var name in truth.Changed)
        {
            var seat = truth.Ledger.Instances.GetValueOrDefault(name)?.Seat;
            var before = _seats.GetValueOrDefault(name);
            _seats[name] = seat;
            if (seat is not null && seat.Node != before?.Node && _ill.Contains(seat.Node)
                && !IsThere(truth, name, seat))
            {
                wrong ??= $"{truth.VmOf(name)} got a seat on {seat.Node}, whose diagnosis has failed";
            }
        }

        _ill.UnionWith(Ill(truth));
        return wrong;
    }

    private static IEnumerable<NodeName> Ill(Truth truth)
    {
        foreach (var node in truth.Ledger.Nodes.Values)
        {
            if (node is { Fitness: { } fitness, Diagnosis: { Outcome: DiagnosisOutcome.Failed } found }
                && found.Boot == node.Boot && found.EndedAt >= fitness.Since)
            {
                yield return node.Name;
            }
        }
    }

    /// <summary>It ran there before it had the seat.</summary>
    private static bool IsThere(Truth truth, InstanceName name, Seat seat) =>
        truth.ProcessesOf(name).Any(process => truth.NodeOf(process.Node) == seat.Node);
}
