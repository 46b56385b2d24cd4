using Havm.Core.Records;
using Havm.Model;
using Havm.Simulator.Trace;

namespace Havm.Simulator.Scenario.Checkers;

/// <summary>
/// A boot that was taken for dead and speaks: soon after its first word nothing of it runs, and people are told.
/// </summary>
public sealed class GhostsAreLaid : IChecker
{
    /// <summary>From its first word until what it runs is ended and an incident is on record.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Instant> _since = [];

    public string Name => "GhostsAreLaid";

    public string? See(TraceEvent happened) => null;

    public string? Look(Truth truth)
    {
        var ghosts = truth.Ghosts.ToHashSet();
        foreach (var gone in _since.Keys.Where(node => !ghosts.Contains(node)).ToList())
        {
            _since.Remove(gone);
        }

        foreach (var node in ghosts.Where(node => !_since.TryAdd(node, truth.Now) && truth.Now - _since[node] > Soon))
        {
            var subject = truth.NodeOf(node).Value;
            if (!truth.Ledger.Incidents.Values.Any(i => i.Kind == IncidentKind.DeadNodeSpoke && i.Subject == subject))
            {
                return $"{node} was proven dead and speaks, and nobody is told";
            }

            if (truth.PoliciesOn(node).Any())
            {
                return $"{node} was proven dead and speaks, and what it runs is not ended";
            }
        }

        return null;
    }
}
