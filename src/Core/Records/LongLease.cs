using Havm.Model;

namespace Havm.Core.Records;

/// <summary>
/// A lease that outlasts a planned stop of the controller (SAFETY: isolation policy). Durable before any node hears of
/// it, because from then on no lease may be taken for a proof.
/// </summary>
public sealed record LongLease
{
    public required LongLeaseName Name { get; init; }

    /// <summary>How long it may be held, counted by each host; 1 min to 24 h.</summary>
    public required TimeSpan Length { get; init; }

    public required LongLeaseState State { get; init; }

    /// <summary>Who ordered what, or why it is feared.</summary>
    public required Reason Why { get; init; }

    /// <summary>When it was granted, UTC. For people: how much has passed is counted on monotonic clocks.</summary>
    public required DateTimeOffset GrantedAt { get; init; }
}

/// <summary>A long lease's way; it only moves forward.</summary>
public enum LongLeaseState
{
    /// <summary>Nodes are given it by the term that made it, and hold it until its end.</summary>
    Granted,

    /// <summary>It is ended before its time, or may be one that a lost state granted: nodes are told.</summary>
    Ending,

    /// <summary>No node can hold it any more, and T has passed since: leases prove again.</summary>
    Over,
}
