using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Host.Watch;

/// <summary>How one datastore answered this node lately.</summary>
/// <param name="Datastore">Which.</param>
/// <param name="HangsFor">For how long the reading under way has not come back; null: none hangs.</param>
/// <param name="Took">How long the last reading took; null: it failed, or none has come back yet.</param>
/// <param name="Trouble">Why the last reading failed; empty: it did not.</param>
/// <param name="OwnBeatUnchangedFor">
/// How long this node's own heartbeat there has stood still, by the readings; null: it was never seen to move.
/// </param>
public sealed record DatastoreLook(
    string Datastore, TimeSpan? HangsFor, TimeSpan? Took, string Trouble, TimeSpan? OwnBeatUnchangedFor);

/// <summary>What the agent sees of the node that carries it, once a second.</summary>
/// <param name="Datastores">Each of them.</param>
/// <param name="StateTrouble">Why the agent's own state would not be kept; empty: it would.</param>
/// <param name="Late">How much later than it asked for the agent came to run.</param>
public sealed record NodeLook(ImmutableArray<DatastoreLook> Datastores, string StateTrouble, TimeSpan Late);

/// <summary>
/// Judges what the agent sees of its node. An ailment is told as soon as it is sure, and is over when it has not been
/// seen for a while: what comes and goes each second is one ailment, not many.
/// </summary>
public sealed class AilmentWatch
{
    public static readonly TimeSpan HangsAfter = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan SlowFrom = TimeSpan.FromMilliseconds(500);
    public static readonly TimeSpan BeatStandsStillAfter = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan MonitorStuckAfter = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan LateFrom = TimeSpan.FromSeconds(1);

    /// <summary>An ailment that was not seen for so long is over.</summary>
    public static readonly TimeSpan OverAfter = TimeSpan.FromSeconds(10);

    /// <summary>So often within <see cref="OverAfter"/> the agent comes too late in a node that starves.</summary>
    private const int LateTimes = 2;

    private readonly SortedDictionary<(NodeAilmentKind, string), (NodeAilment Ailment, Instant Seen)> _seen = [];
    private readonly Dictionary<string, Instant> _lostSince = [];
    private readonly Queue<Instant> _late = [];
    private ImmutableArray<NodeAilment> _told = [];

    /// <summary>What ails the node now; the same array as long as that is the same.</summary>
    public ImmutableArray<NodeAilment> Told => _told;

    /// <summary>Since when a datastore cannot be used from here; null: it can be.</summary>
    public Instant? LostSince(string datastore) =>
        _lostSince.TryGetValue(datastore, out var since) ? since : null;

    /// <summary>Whether a datastore cannot be used from here, or takes no writes.</summary>
    public bool IsOutOfReach(string datastore) => LostSince(datastore) is not null
        || _seen.ContainsKey((NodeAilmentKind.DatastoreTakesNoWrites, datastore));

    /// <summary>Takes one look.</summary>
    public void Look(Instant now, NodeLook look)
    {
        foreach (var store in look.Datastores)
        {
            Look(now, store);
        }

        if (look.StateTrouble.Length > 0)
        {
            See(now, NodeAilmentKind.StateTakesNoWrites, "",
                $"the agent's state is not kept: {look.StateTrouble}; nothing new is started here; make room there");
        }

        if (look.Late >= LateFrom)
        {
            _late.Enqueue(now);
        }

        while (_late.TryPeek(out var first) && now - first > OverAfter)
        {
            _late.Dequeue();
        }

        if (_late.Count >= LateTimes)
        {
            See(now, NodeAilmentKind.Starved, "",
                "its agent gets no CPU time when it needs it: something else takes the node's CPUs");
        }
    }

    /// <summary>A monitor that has not answered since then.</summary>
    public void LookAtMonitor(Instant now, InstanceName instance, Instant? unreachableSince)
    {
        if (unreachableSince is { } since && now - since >= MonitorStuckAfter)
        {
            See(now, NodeAilmentKind.MonitorStuck, instance.Value,
                $"the QEMU of {instance} runs and its monitor does not answer");
        }
    }

    /// <summary>Closes the look.</summary>
    /// <returns>Whether <see cref="Told"/> is another list now.</returns>
    public bool Turn(Instant now)
    {
        List<(NodeAilmentKind, string)>? over = null;
        foreach (var (key, seen) in _seen)
        {
            if (now - seen.Seen >= OverAfter)
            {
                (over ??= []).Add(key);
            }
        }

        over?.ForEach(key => _seen.Remove(key));
        if (_seen.Count == _told.Length && _seen.Values.Select(s => s.Ailment).SequenceEqual(_told))
        {
            return false;
        }

        _told = [.. _seen.Values.Select(s => s.Ailment)];
        return true;
    }

    private void Look(Instant now, DatastoreLook store)
    {
        var name = store.Datastore;
        var hangs = store.HangsFor >= HangsAfter;
        if (hangs)
        {
            See(now, NodeAilmentKind.DatastoreHangs, name,
                $"datastore {name} does not answer this node: accesses wait and do not fail");
        }
        else if (store.Trouble.Length > 0)
        {
            See(now, NodeAilmentKind.DatastoreFails, name, $"datastore {name} cannot be read here: {store.Trouble}");
        }
        else if (store.OwnBeatUnchangedFor >= BeatStandsStillAfter)
        {
            See(now, NodeAilmentKind.DatastoreTakesNoWrites, name,
                $"datastore {name} can be read here and takes no writes: this node's heartbeat there stands still");
        }
        else if (store.Took >= SlowFrom || store.HangsFor >= SlowFrom)
        {
            See(now, NodeAilmentKind.DatastoreSlow, name,
                $"datastore {name} takes more than {SlowFrom.TotalMilliseconds:0} ms to be read here");
        }

        if (!hangs && store.Trouble.Length == 0)
        {
            _lostSince.Remove(name);
        }
        else
        {
            _lostSince.TryAdd(name, hangs ? now - store.HangsFor!.Value : now);
        }
    }

    /// <summary>The words of the first sight stay, so that what lasts is told once.</summary>
    private void See(Instant now, NodeAilmentKind kind, string of, string message)
    {
        var ailment = _seen.TryGetValue((kind, of), out var before)
            ? before.Ailment : new NodeAilment(kind, of, message);
        _seen[(kind, of)] = (ailment, now);
    }
}
