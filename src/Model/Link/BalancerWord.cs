using System.Collections.Immutable;

namespace Havm.Model;

/// <summary>
/// What a load balancer says of its members at one moment. Its own word: nobody else judges endpoints.
/// </summary>
/// <param name="Life">Which life of its process; what it knew of members ends with it.</param>
/// <param name="Members">Those it has, in name order.</param>
public sealed record BalancerWord(long Life, ImmutableArray<MemberWord> Members);

/// <summary>What a load balancer says of one member.</summary>
/// <param name="Instance">Which.</param>
/// <param name="Rotation">What it does with it.</param>
/// <param name="Health">What its probes say.</param>
public sealed record MemberWord(InstanceName Instance, MemberRotation Rotation, MemberHealth Health)
{
    /// <summary>What the last probe met, as "L7STS 500"; empty before the first.</summary>
    public string Check { get; init; } = "";

    /// <summary>
    /// Something at the member's address answered the last probe, if only with a refusal: the network between is well.
    /// </summary>
    public bool Answered { get; init; }

    /// <summary>Requests or connections it has now.</summary>
    public int Sessions { get; init; }

    /// <summary>All it ever had in this life of the balancer.</summary>
    public long Requests { get; init; }

    /// <summary>Of those, the ones that it could not be given or that it broke off.</summary>
    public long Errors { get; init; }
}

public enum MemberRotation
{
    /// <summary>It gets nothing, and is not probed.</summary>
    Out,

    /// <summary>It is probed, and gets requests once enough probes in a row were answered.</summary>
    Joining,

    /// <summary>It gets requests while its probes are answered.</summary>
    In,

    /// <summary>It gets no new requests; those it has end.</summary>
    Draining,
}

public enum MemberHealth
{
    /// <summary>Not probed yet, or not probed at all.</summary>
    Unknown,

    /// <summary>It answers.</summary>
    Up,

    /// <summary>It has missed its last probe, and not yet as often as it may.</summary>
    Missing,

    /// <summary>It has missed as many probes in a row as it may.</summary>
    Down,
}
