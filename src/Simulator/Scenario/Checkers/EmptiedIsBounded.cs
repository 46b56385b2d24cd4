using Havm.Model;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario.Checkers;

/// <summary>
/// However many nodes' sensors say that they will fail: automation never keeps more than the policy's
/// share of all away for it at a time, or one.
/// </summary>
public sealed class EmptiedIsBounded : IChecker
{
    private static readonly NodeLifePolicy Usual = new();

    public string Name => "EmptiedIsBounded";

    public string? See(TraceEvent happened) => null;

    public string? Look(Truth truth)
    {
        var ledger = truth.Ledger;
        var kept = 0;
        foreach (var node in ledger.Nodes.Values)
        {
            kept += node.Fitness is { ForRisk: true } ? 1 : 0;
        }

        var share = (truth.Scenario.Policy.NodeLife ?? Usual).AtMost;
        var most = Math.Max(1, ledger.Nodes.Count * share / 100);
        return kept > most
            ? $"{kept} of {ledger.Nodes.Count} nodes are kept away for what their sensors say, and {most} may be"
            : null;
    }
}
