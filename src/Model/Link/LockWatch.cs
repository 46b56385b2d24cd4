using System.Collections.Immutable;

namespace Havm.Model;

/// <summary>
/// A start that a disk's lock refused, and that waits: its node looks whether the lock is still held, and tells when it
/// is not. Nothing is started for that, and nothing is proven by it.
/// </summary>
/// <param name="Instance">Whose start.</param>
/// <param name="Refused">The generation that was refused, which is withdrawn.</param>
/// <param name="Disks">Its disks, as the next start will open them.</param>
public sealed record LockWatch(InstanceName Instance, Generation Refused, ImmutableArray<DiskDefinition> Disks)
{
    /// <summary>Starts that one node watches at most, first names first; the others wait for their next try.</summary>
    public const int AtOnce = 64;
}

/// <summary>Nobody holds a lock any more that would refuse this start.</summary>
/// <param name="Instance">Whose start.</param>
/// <param name="Refused">The generation that was refused.</param>
public sealed record FreeLock(InstanceName Instance, Generation Refused);
