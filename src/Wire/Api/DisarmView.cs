using System.Collections.Immutable;

namespace Havm.Wire.Api;

/// <summary>Automation that is switched off for a while, or whose coming on again is being told.</summary>
public sealed record DisarmView
{
    /// <summary>"freeze" or "hands-off".</summary>
    public required string Mode { get; init; }

    /// <summary>
    /// "inForce": nothing is started, stopped or fenced. "lookingAround": it is over, and before anything is done nodes
    /// are searched for what people moved or started. "rearming": nodes are told.
    /// </summary>
    public required string State { get; init; }

    /// <summary>Who ordered it.</summary>
    public required string By { get; init; }

    public required string Message { get; init; }

    public required Moment Since { get; init; }

    /// <summary>When it ends by itself, UTC.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>
    /// Nodes that have not acknowledged: while it is in force, they may still stop their own; while it is rearming,
    /// they may still hold to it, and no lease is a proof.
    /// </summary>
    public ImmutableArray<DisarmNodeView> Missing { get; init => field = value.OrEmpty(); } = [];
}

/// <param name="Speaks">Its warden is heard: its acknowledgement can be waited for.</param>
public sealed record DisarmNodeView(string Node, bool Speaks);

/// <param name="Mode">"freeze" or "hands-off".</param>
/// <param name="Seconds">60 to 259200 (72 h).</param>
public sealed record DisarmRequest(string Mode, long Seconds);
