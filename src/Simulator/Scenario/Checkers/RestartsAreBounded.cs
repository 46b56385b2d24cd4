using Havm.Model;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario.Checkers;

/// <summary>
/// What ends again and again on nodes that are well does not go from one to the next for ever: each further try waits
/// longer than the one before, so that in ten minutes there are a few.
/// </summary>
public sealed class RestartsAreBounded(Truth truth) : IChecker
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    /// <summary>At once, then after 10 s, 30 s, 60 s and 5 min; and one in each of two nodes' good time.</summary>
    private const int Most = 7;

    private readonly HashSet<string> _gone = [];
    private readonly Dictionary<string, List<Instant>> _moved = [];

    public string Name => "RestartsAreBounded";

    public string? See(TraceEvent happened)
    {
        switch (happened)
        {
            case NodeJudged { State: "up" } back:
                _gone.Remove(back.Node);
                return null;
            case NodeJudged { State: "lost" or "fencing" or "fenced" } gone:
                _gone.Add(gone.Node);
                return null;
            case Acted { Kind: "recover", Cause: "fault", From: { } from } act
                when !_gone.Contains(from) && truth.ProgramWasGivenUp(act.Vm):
                return Count(act);
            case Injected { Op: "set" or "move" or "start" or "resize" } order:
                // An order begins the tries anew.
                _moved.Remove(order.Name);
                return null;
            default:
                return null;
        }
    }

    private string? Count(Acted act)
    {
        var moved = _moved.TryGetValue(act.Vm, out var known) ? known : _moved[act.Vm] = [];
        moved.RemoveAll(at => act.At - at >= Window);
        moved.Add(act.At);
        return moved.Count > Most
            ? $"{act.Vm} was started elsewhere {moved.Count} times within 10 min, from nodes that are well"
            : null;
    }
}
