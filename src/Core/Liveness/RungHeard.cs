using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Liveness;

/// <summary>What a leader has heard of one method by which a node is switched off.</summary>
public sealed record RungHeard
{
    public static readonly RungHeard Nothing = new();

    private const int PowerKept = 8;

    /// <summary>Which method it was; another one in its place begins anew.</summary>
    public FenceMethod? Method { get; init; }

    /// <summary>Readings, oldest first, 8 at most.</summary>
    public ImmutableArray<PowerSeen> Power { get; init; } = [];

    /// <summary>A reading or order is under way since.</summary>
    public Instant? AskedAt { get; init; }

    /// <summary>When the last power-off order for the boot on record was sent; null: never.</summary>
    public Instant? OffSentAt { get; init; }

    /// <summary>How many were sent since others of the ladder had theirs.</summary>
    public int OffsSent { get; init; }

    /// <summary>
    /// When it first said On again after it had said Off under a power-off order of this leader: somebody has switched
    /// it on, and a boot that nobody has heard may be on its way. Null: it did not.
    /// </summary>
    public Instant? CameOnAt { get; init; }

    /// <summary>When it was first asked and said Off, not yet refuted by this boot's word; null: it did not.</summary>
    public Instant? SaidOffAt { get; init; }

    /// <summary>When the first of the newest readings was asked for that all say Off; null: none.</summary>
    public Instant? OffSince { get; init; }

    /// <summary>It said Off while this boot went on speaking: what it says about this boot proves nothing.</summary>
    public bool Lied { get; init; }

    /// <summary>The newest reading that states anything; null: none does.</summary>
    public PowerSeen? Stated => Power.LastOrDefault(p => p.State != PowerState.Unknown);

    public RungHeard Read(PowerSeen seen, BootId? boot) => this with
    {
        Power = [.. Power.TakeLast(PowerKept - 1), seen],
        AskedAt = null,
        CameOnAt = seen.State == PowerState.On && OffSentAt is not null && Stated?.State == PowerState.Off
            ? seen.AskedAt : CameOnAt,
        OffSince = seen.State == PowerState.Off ? OffSince ?? seen.AskedAt : null,
        SaidOffAt = SaidOffAt ?? (seen.State == PowerState.Off && seen.Boot == boot ? seen.AskedAt : null),
    };

    /// <summary>The boot that it said to be off is alive.</summary>
    public RungHeard Refuted() => this with { SaidOffAt = null, Lied = true };
}
