using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Host.SelfFence;

/// <summary>
/// What the warden must still know after its own crash. Written whole and atomically, synced to disk.
/// </summary>
public sealed record WardenLedger
{
    public static readonly WardenLedger Empty = new();

    /// <summary>Grows with every change within one life; tells which write was done.</summary>
    public long Version { get; init; }

    public LeaderSeen Highest { get; init; } = LeaderSeen.None;

    /// <summary>The highest withdrawn generation per instance.</summary>
    public ImmutableArray<GenerationFloor> Floors { get; init; } = [];

    public ImmutableArray<SeatRecord> Seats { get; init; } = [];
}

/// <summary>One seat that was permitted on this boot of the node.</summary>
/// <param name="Socket">The monitor socket that is the warden's; null when it is not known.</param>
public sealed record SeatRecord(
    InstanceName Instance, Generation Generation, IsolationPolicy Isolation, string? Socket, SeatPhase Phase);
