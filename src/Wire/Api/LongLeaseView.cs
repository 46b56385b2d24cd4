using System.Collections.Immutable;

namespace Havm.Wire.Api;

/// <summary>A long lease before a planned stop of the controller, while it stands or its end is being told.</summary>
public sealed record LongLeaseView
{
    /// <summary>"3-1": the term that granted it and its number.</summary>
    public required string Name { get; init; }

    /// <summary>"granted" or "ending".</summary>
    public required string State { get; init; }

    public required string Message { get; init; }

    public required double LengthSeconds { get; init; }

    public required Moment GrantedAt { get; init; }

    /// <summary>When nodes that hold it end it by themselves, UTC, by the wall clock it was granted at.</summary>
    public required DateTimeOffset Ends { get; init; }

    /// <summary>
    /// Until then no lease is a proof, UTC; sooner, if its end is ordered and every node acknowledges. A controller
    /// that did not grant it itself counts all of it again.
    /// </summary>
    public required DateTimeOffset NoProofUntil { get; init; }

    /// <summary>Nodes that have said, durably, that they hold it.</summary>
    public ImmutableArray<string> Holding { get; init => field = value.OrEmpty(); } = [];

    /// <summary>
    /// Nodes that have not acknowledged: while it is granted, that they hold it; while it is ending, that it is ended.
    /// </summary>
    public ImmutableArray<LongLeaseNodeView> Missing { get; init => field = value.OrEmpty(); } = [];
}

/// <param name="Speaks">Its warden is heard: its acknowledgement can be waited for.</param>
public sealed record LongLeaseNodeView(string Node, bool Speaks);
