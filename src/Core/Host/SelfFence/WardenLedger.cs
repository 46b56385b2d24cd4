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

    /// <summary>The long lease of this boot, held or past; null: none was granted.</summary>
    public HeldLongLease? LongLease { get; init; }

    /// <summary>Nothing at or below this name is ever taken again.</summary>
    public LongLeaseName LongLeaseEnded { get; init; }

    /// <summary>The newest word on automation; null: none was ever told.</summary>
    public Automation? Automation { get; init; }

    /// <summary>When automation came back on, on this boot's clock; null: it did not on this boot.</summary>
    public Instant? RearmedAt { get; init; }

    /// <summary>What was announced on this boot; null: nothing, or it was taken back.</summary>
    public AnnouncedDeparture? Departure { get; init; }
}

/// <summary>A long lease with its end, on this host's clock of this boot.</summary>
public sealed record HeldLongLease(LongLeaseName Name, Instant Until);

/// <summary>A shutdown or reboot that is announced, and until when that is believed.</summary>
public sealed record AnnouncedDeparture(DepartureNotice Notice, Instant Until);

/// <summary>One seat that was permitted on this boot of the node.</summary>
/// <param name="Socket">The monitor socket that is the warden's; null when it is not known.</param>
public sealed record SeatRecord(
    InstanceName Instance, Generation Generation, IsolationPolicy Isolation, string? Socket, SeatPhase Phase);
