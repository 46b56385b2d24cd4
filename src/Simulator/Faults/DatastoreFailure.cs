using Havm.Model;
using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>
/// A node no longer reaches the datastore: it writes no heartbeat there, reads nobody's, and can start nothing whose
/// disks lie there. What runs goes on.
/// </summary>
public sealed record DatastoreCut(NodeName Node) : IFault
{
    public static readonly FaultKind Kind = new(
        "cut-datastore",
        "The node neither reads nor writes the datastore: its heartbeat there stands still, it sees nobody's, and "
            + "starts fail there. What runs goes on.",
        fields => new DatastoreCut(fields.Node), FaultField.Node) { EndedBy = "restore-datastore" };

    public void Strike(VirtualWorld world) => world.Heartbeats.Cut(Node);
}

/// <summary>
/// A node's path to the datastore is gone: every access fails at once, so that guests which run there are held by the
/// disk error.
/// </summary>
public sealed record DatastoreLoss(NodeName Node) : IFault
{
    public static readonly FaultKind Kind = new(
        "lose-datastore",
        "Every access of the node to the datastore fails: as with cut-datastore, and guests that run there are held by "
            + "the disk error until it is restored.",
        fields => new DatastoreLoss(fields.Node), FaultField.Node) { EndedBy = "restore-datastore" };

    public void Strike(VirtualWorld world)
    {
        world.Heartbeats.Cut(Node);
        world.Host(Node).LoseDisks();
    }
}

/// <summary>
/// What a node's guests have open is gone for good, as when the mount below them ended and was made anew: the datastore
/// is well, and whoever opens a disk anew finds it.
/// </summary>
public sealed record DisksStale(NodeName Node) : IFault
{
    public static readonly FaultKind Kind = new(
        "stale-disks",
        "The files that the node's QEMUs have open as disks are gone for good, as when what they are mounted from "
            + "ended and was started anew: guests are held by the disk error at their next access. The datastore is "
            + "well.",
        fields => new DisksStale(fields.Node), FaultField.Node);

    public void Strike(VirtualWorld world) => world.Host(Node).SpoilDisks(MachineSignKind.DiskHandleDead);
}

/// <summary>Guests of a node can write and not flush any more, for good.</summary>
public sealed record FlushesFailed(NodeName Node) : IFault
{
    public static readonly FaultKind Kind = new(
        "fail-flushes",
        "A flush of each of the node's QEMUs failed: QEMU never flushes that file again and answers each flush with "
            + "the same error, so that guests are held by it for good. The datastore is well.",
        fields => new FlushesFailed(fields.Node), FaultField.Node);

    public void Strike(VirtualWorld world) => world.Host(Node).SpoilDisks(MachineSignKind.IoError);
}

/// <summary>What a node reads and writes on the datastore takes longer; a heartbeat waits for the last one.</summary>
public sealed record SlowDatastore(NodeName Node, TimeSpan By) : IFault
{
    public static readonly FaultKind Kind = new(
        "slow-datastore",
        "All that the node reads and writes on the datastore takes so much longer: its heartbeat there is late, and so "
            + "is what it sees and starts.",
        fields => new SlowDatastore(fields.Node, fields.Time("by")),
        FaultField.Node, FaultField.Time("by", 0.01, 60, "how much")) { EndedBy = "restore-datastore" };

    public void Strike(VirtualWorld world) => world.Heartbeats.Slow(Node, By);
}

/// <summary>A node reaches the datastore again, and as fast as it should.</summary>
public sealed record DatastoreRestoration(NodeName Node) : IFault
{
    public static readonly FaultKind Kind = new(
        "restore-datastore", "Ends `cut-datastore`, `lose-datastore` and `slow-datastore`.",
        fields => new DatastoreRestoration(fields.Node), FaultField.Node);

    public void Strike(VirtualWorld world)
    {
        world.Heartbeats.Restore(Node);
        world.Host(Node).FindDisks();
    }
}
