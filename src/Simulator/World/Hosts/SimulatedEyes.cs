using Havm.Core.Host.Goals;
using Havm.Core.Host.Watch;
using Havm.Model;

namespace Havm.Simulator.World.Hosts;

/// <summary>
/// Reads other nodes' datastore heartbeats while somebody asks, each second or four times that. What a real agent would
/// have read before it was asked is read back then.
/// </summary>
public sealed class SimulatedEyes(
    VirtualWorld world, SimulatedHost host, Func<bool> alive, Action<HostInput> inbox)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Closely = TimeSpan.FromMilliseconds(250);

    /// <summary>A question holds for 5 s; a little longer does no harm, because the machine itself forgets it.</summary>
    private static readonly TimeSpan Holds = TimeSpan.FromSeconds(6);

    private readonly SortedDictionary<NodeName, Instant> _asked = [];
    private readonly HashSet<NodeName> _about = [];
    private Instant _closelyUntil;
    private DatastoreWatch? _watch;

    public void LookCloselyUntil(Instant until) => _closelyUntil = until;

    public void AskedAbout(NodeName node)
    {
        _asked[node] = world.Time.Now + Holds;
        if (_about.Add(node) || _watch is null)
        {
            var reading = _watch is not null;
            _watch = world.Heartbeats.ReadBack(host.Name, host.At, _about);
            if (!reading)
            {
                // The first reading begins at once: a tenth of a second counts for the verdict.
                world.Time.After(world.Settings.LocalCall, Read);
            }
        }
    }

    private void Read()
    {
        foreach (var over in _asked.Where(asked => asked.Value < world.Time.Now).Select(a => a.Key).ToList())
        {
            _asked.Remove(over);
            _about.Remove(over);
        }

        if (_asked.Count == 0 || !alive())
        {
            _watch = null;
            return;
        }

        world.Heartbeats.Read(_watch!, host.Name, host.At, _about);
        inbox(new HostInput.SightingsRead(_watch!.Sightings(host.Local)));
        world.Time.After(host.Local < _closelyUntil ? Closely : Second, Read);
    }
}
