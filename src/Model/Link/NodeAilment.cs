namespace Havm.Model;

/// <summary>
/// Something is wrong with a node that goes on speaking: what lies between well and dead. It is shown with its remedy
/// and since when it is so; a verdict or a proof is never made of it.
/// </summary>
/// <param name="Kind">What.</param>
/// <param name="Of">The datastore or instance it is about; empty: the node itself.</param>
/// <param name="Message">In words that stay the same while it lasts: no figures that grow.</param>
public sealed record NodeAilment(NodeAilmentKind Kind, string Of, string Message)
{
    /// <summary>When the controller took it on record, UTC; null on its way there.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Whether both tell of the same thing; that words or times differ is no news.</summary>
    public bool IsSameAs(NodeAilment other) => Kind == other.Kind && Of == other.Of;
}

public enum NodeAilmentKind
{
    /// <summary>An access to a datastore has not come back for 2 s, and has not failed.</summary>
    DatastoreHangs,

    /// <summary>A datastore cannot be read: accesses fail.</summary>
    DatastoreFails,

    /// <summary>A datastore can be read and takes no writes: the node's own heartbeat there stands still.</summary>
    DatastoreTakesNoWrites,

    /// <summary>A reading of a datastore, a few kilobytes, took longer than 500 ms.</summary>
    DatastoreSlow,

    /// <summary>The file system under the agent's own state is full, or takes no writes.</summary>
    StateTakesNoWrites,

    /// <summary>A QEMU's monitor has not answered for 2 s.</summary>
    MonitorStuck,

    /// <summary>The agent came to run more than 1 s late, again and again: the node has no CPU time for it.</summary>
    Starved,

    /// <summary>Its datagrams arrive and nothing of its streams does: it may not hear us.</summary>
    Deaf,

    /// <summary>
    /// Of its last 20 datagrams 4 or more are lost. One leaves each second, so that it is told with the next that
    /// comes: half the time within 14 s where 30 % are lost, 20 s where 20 % are and a minute where 10 % are, and never
    /// before its warden has been heard for 20 s. It is over once at most one of 20 is missing.
    /// </summary>
    LossyLink,

    /// <summary>
    /// Its wall clock differs from the controller's by more than 2 s, by 5 beats in a row: times that people read are
    /// wrong.
    /// </summary>
    ClockOff,

    /// <summary>
    /// None of its fence methods states the power of the node: it could not be fenced. Told, with what each driver
    /// says, once every method stated nothing twice in a row. Each is asked once a minute, and again 5 s after it
    /// stated nothing: a dead BMC is told within 67 s, a silent fence agent within a minute and twice its `timeout`.
    /// </summary>
    FenceSilent,

    /// <summary>
    /// One of several fence methods states nothing, and fencing would have to do without it. Told as `fenceSilent` is,
    /// and as soon.
    /// </summary>
    FenceMethodSilent,
}
