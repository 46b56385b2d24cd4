using Havm.Core.Host.Watch;
using Havm.Model;

namespace Havm.Simulator.World.Storage;

/// <summary>
/// The datastore that all nodes write their heartbeats to. A beat is due each second while a warden writes, so what
/// stands there at any moment follows from when it began and ended: nothing is spent on beats that nobody reads.
/// </summary>
/// <param name="time">The world's clock.</param>
/// <param name="reach">What a node that wrote at a moment reached of its network then.</param>
public sealed class SimulatedHeartbeats(VirtualTime time, Func<NodeName, Instant, NetworkReach?> reach)
{
    public const string Name = "store";

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>How far back a reader that was not asked until now looks: past what makes a beat stale.</summary>
    private const int LookBack = 7;

    /// <summary>Clusters up to this size are read whole, as a real reader does.</summary>
    private const int ReadWhole = 32;

    private readonly SortedDictionary<NodeName, Writing> _writing = [];
    private readonly SortedDictionary<NodeName, (BootId Boot, Func<Instant, Instant> Local)> _wardens = [];
    private readonly SortedSet<NodeName> _cut = [];
    private readonly SortedSet<NodeName> _refused = [];
    private readonly SortedDictionary<NodeName, TimeSpan> _slow = [];

    /// <summary>A warden writes from now on.</summary>
    /// <param name="node">Whose.</param>
    /// <param name="boot">Its boot.</param>
    /// <param name="local">Its boot's clock for a moment of the world: what its sequence counts by.</param>
    public void Begin(NodeName node, BootId boot, Func<Instant, Instant> local)
    {
        _wardens[node] = (boot, local);
        Write(node);
    }

    /// <summary>It writes no more.</summary>
    public void End(NodeName node)
    {
        _wardens.Remove(node);
        Stop(node);
    }

    /// <summary>A node neither reads nor writes there any more.</summary>
    public void Cut(NodeName node)
    {
        _cut.Add(node);
        Stop(node);
    }

    /// <summary>What a node reads and writes there takes so much longer; a write waits for the one before.</summary>
    public void Slow(NodeName node, TimeSpan by)
    {
        Stop(node);
        _slow[node] = by;
        Write(node);
    }

    /// <summary>A node reads and writes there as it should.</summary>
    public void Restore(NodeName node)
    {
        Stop(node);
        _cut.Remove(node);
        _slow.Remove(node);
        Write(node);
    }

    /// <summary>The datastore refuses the node, whatever its path is like; or no longer does.</summary>
    public void Refuse(NodeName node, bool refuses)
    {
        if (refuses)
        {
            Stop(node);
            _refused.Add(node);
        }
        else
        {
            _refused.Remove(node);
            Write(node);
        }
    }

    public bool IsCut(NodeName node) => _cut.Contains(node) || _refused.Contains(node);

    public TimeSpan SlownessOf(NodeName node) => _slow.GetValueOrDefault(node);

    private void Write(NodeName node)
    {
        if (!IsCut(node) && _wardens.TryGetValue(node, out var warden))
        {
            _writing[node] = new Writing(
                warden.Boot, warden.Local, time.Now, null, SlownessOf(node),
                _writing.TryGetValue(node, out var before) ? before with { Before = null } : null);
        }
    }

    private void Stop(NodeName node)
    {
        if (_writing.TryGetValue(node, out var now) && now.Until is null)
        {
            _writing[node] = now with { Until = time.Now };
        }
    }

    /// <summary>
    /// What an agent that reads each second would know by now of a node, had it read all the time.
    /// </summary>
    /// <param name="reader">Whose agent.</param>
    /// <param name="local">Its clock for a moment of the world.</param>
    /// <param name="about">The node it is asked about.</param>
    public DatastoreWatch ReadBack(NodeName reader, Func<Instant, Instant> local, NodeName about)
    {
        var watch = new DatastoreWatch(reader, Name);
        for (var back = LookBack; back >= 0; back--)
        {
            Read(watch, time.Now - (back * Period), reader, local, about);
        }

        return watch;
    }

    /// <summary>One reading, now.</summary>
    public void Read(
        DatastoreWatch watch, NodeName reader, Func<Instant, Instant> local, NodeName about) =>
        Read(watch, time.Now, reader, local, about);

    private void Read(
        DatastoreWatch watch, Instant at, NodeName reader, Func<Instant, Instant> local, NodeName about)
    {
        if (at < Instant.Origin || IsCut(reader))
        {
            return;
        }

        var seen = at - SlownessOf(reader);

        var beats = new List<SeenBeat>();
        foreach (var node in Readable(reader, about))
        {
            if (_writing.TryGetValue(node, out var writing) && Last(writing, seen) is { } last)
            {
                beats.Add(new SeenBeat(node, last.Boot, last.Sequence, reach(node, last.Written)));
            }
        }

        watch.Read(local(at), beats);
    }

    /// <summary>
    /// A reader needs its own beat, the one it is asked about, and any other that advances; in a large cluster the
    /// rest is left out, because it says nothing more.
    /// </summary>
    private IEnumerable<NodeName> Readable(NodeName reader, NodeName about)
    {
        if (_writing.Count <= ReadWhole)
        {
            return _writing.Keys;
        }

        var other = _writing.Where(w => w.Value.Until is null && w.Key != reader && w.Key != about).Take(1);
        return other.Select(w => w.Key).Append(reader).Append(about).Distinct();
    }

    private static (BootId Boot, long Sequence, Instant Written)? Last(Writing? writing, Instant at)
    {
        while (writing is not null && writing.From + writing.Late > at)
        {
            writing = writing.Before;
        }

        if (writing is null)
        {
            return null;
        }

        var period = writing.Late > Period ? writing.Late : Period;
        var until = writing.Until is { } end && end < at - writing.Late ? end : at - writing.Late;
        var written = writing.From + (((until - writing.From).Ticks / period.Ticks) * period);
        return (writing.Boot, (long)writing.Local(written).SinceOrigin.TotalMilliseconds, written);
    }

    private sealed record Writing(
        BootId Boot, Func<Instant, Instant> Local, Instant From, Instant? Until, TimeSpan Late,
        Writing? Before);
}
