using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Records;

/// <summary>
/// Storage was told to refuse the writes of one boot of a node. It only ever moves on: ordered, seen to refuse, given
/// back, over; what comes after that is another cut.
/// </summary>
/// <param name="Id">Unique for ever, also among fence orders.</param>
/// <param name="Boot">Whose writes; never another's.</param>
/// <param name="Why">The verdict it rests on.</param>
/// <param name="OrderedAt">UTC.</param>
public sealed record StorageCut(long Id, BootId Boot, Reason Why, DateTimeOffset OrderedAt)
{
    /// <summary>The datastores that are to refuse it.</summary>
    public ImmutableArray<string> Datastores { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>
    /// What was told so, as its node's object named it then: each had said On for this boot before, so that Off is a
    /// word about a node which that storage knows.
    /// </summary>
    public ImmutableArray<FenceMethod> Methods { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Those of them that took the order, and its writes until then.</summary>
    public ImmutableArray<FenceMethod> Taken { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Datastores that were seen to refuse it: what was concluded from it may run elsewhere.</summary>
    public ImmutableArray<string> Refusing { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>How that was seen; null: it was not.</summary>
    public Reason? Proof { get; init; }

    /// <summary>It took writes again though nobody gave it back, and was told once more; null: it did not.</summary>
    public Reason? Broken { get; init; }

    /// <summary>Why it is to take writes again; null: it is not. From then on nothing is concluded from it.</summary>
    public Reason? GivesBack { get; init; }

    public StorageCutState State => GivesBack is not null ? StorageCutState.GivingBack
        : Refusing.IsEmpty ? StorageCutState.Ordered
        : StorageCutState.Refusing;

    /// <summary>
    /// Those of them that said Off while the boot went on writing: whatever they say, it is not about this node.
    /// </summary>
    public ImmutableArray<FenceMethod> Doubted { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>It took the order, and what it says since is about this node.</summary>
    public bool WasTakenBy(FenceMethod way) => Taken.Contains(way) && !Doubted.Contains(way);

    /// <summary>
    /// All by which a datastore takes the node's writes, those that its object names now among them: while one of them
    /// does not refuse it, nothing does.
    /// </summary>
    public IEnumerable<FenceMethod> WaysTo(string datastore, ImmutableArray<FenceMethod> named) =>
        Methods.Union(named).Where(method => method.Datastores.Contains(datastore));

    /// <summary>Whether a datastore is to refuse the node, or does.</summary>
    public bool IsAbout(string datastore)
    {
        foreach (var method in Methods)
        {
            if (method.Datastores.Contains(datastore))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>How far storage is in refusing a node.</summary>
public enum StorageCutState
{
    /// <summary>It was told to, and was not seen to yet.</summary>
    Ordered,

    /// <summary>It does; what was concluded from that may run elsewhere.</summary>
    Refusing,

    /// <summary>Another boot is on record, or the same was heard before anything was concluded.</summary>
    GivingBack,
}
