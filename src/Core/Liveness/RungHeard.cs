using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Liveness;

/// <summary>What a leader has heard of one method by which a node is switched off.</summary>
public sealed record RungHeard
{
    public static readonly RungHeard Nothing = new();

    private const int PowerKept = 8;

    private static readonly TimeSpan OrdersTakeLonger = TimeSpan.FromSeconds(15);

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

    /// <summary>When storage was last told to take the node's writes again; null: never.</summary>
    public Instant? OnSentAt { get; init; }

    /// <summary>
    /// The cut that storage took the order for, having taken the node's writes until then; null: none.
    /// </summary>
    public long? Took { get; init; }

    /// <summary>Why the last order to storage was not taken; empty: it was, or there was none.</summary>
    public string Trouble { get; init; } = "";

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

    /// <summary>
    /// A question or order to storage is under way, and not given up. Drivers answer each in the end, an order somewhat
    /// later than in its time: two at once might be carried out in the wrong order.
    /// </summary>
    public bool IsBusy(Instant now) =>
        AskedAt is { } asked && Method is { } method && now - asked < MostOf(method);

    /// <summary>What storage was told is carried out within this time, or never.</summary>
    public static TimeSpan MostOf(FenceMethod method) => method.Timeout + OrdersTakeLonger;

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
