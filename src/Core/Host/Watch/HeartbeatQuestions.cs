using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Host.Watch;

/// <summary>
/// The silent nodes whose datastore heartbeat a controller wants to know. A question holds for a while after it was
/// last asked, so that a controller that is gone is soon not answered any more.
/// </summary>
public sealed class HeartbeatQuestions
{
    private static readonly TimeSpan Holds = TimeSpan.FromSeconds(5);

    private readonly SortedDictionary<NodeName, Instant> _until = [];

    /// <summary>Takes a question.</summary>
    /// <returns>Until when the datastores are to be read closely; null when it does not ask for that.</returns>
    public Instant? Ask(Instant now, NodeName node, bool closely)
    {
        _until[node] = now + Holds;
        return closely ? now + Holds : null;
    }

    /// <summary>Those of the sightings that somebody asks for.</summary>
    public ImmutableArray<DatastoreSighting> Of(ImmutableArray<DatastoreSighting> sightings, Instant now)
    {
        if (_until.Count == 0)
        {
            return [];
        }

        foreach (var over in _until.Where(asked => asked.Value < now).Select(asked => asked.Key).ToList())
        {
            _until.Remove(over);
        }

        return [.. sightings.Where(sighting => _until.ContainsKey(sighting.Node))];
    }
}
