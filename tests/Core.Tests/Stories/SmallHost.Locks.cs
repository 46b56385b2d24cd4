using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>Starts that fail, and locks on disks that some other program holds, as this node sees them.</summary>
internal sealed partial class SmallHost
{
    /// <summary>Every start of these fails here until its host may try no more.</summary>
    public HashSet<InstanceName> CannotStart { get; } = [];

    /// <summary>Every start of these is refused by a lock on their disks.</summary>
    public HashSet<InstanceName> DisksLocked { get; } = [];

    /// <summary>What refuses its starts is no lock that it could look at.</summary>
    public bool SeesNoLocks { get; set; }

    private bool Fails(InstanceName instance) => CannotStart.Contains(instance) || DisksLocked.Contains(instance);

    private ImmutableArray<FreeLock> FreeLocks() =>
    [
        .. (_goal?.Locks ?? []).Where(watch => SeesNoLocks || !DisksLocked.Contains(watch.Instance))
            .Select(watch => new FreeLock(watch.Instance, watch.Refused)),
    ];
}
