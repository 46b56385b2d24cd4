using Havm.Model;

namespace Havm.Core.Records;

/// <summary>
/// An instance behind a load balancer leaves rotation before it is shut down as planned: until this ends its node is
/// told nothing of the stop.
/// </summary>
/// <param name="Why">What is planned.</param>
/// <param name="Since">When it began, UTC.</param>
/// <param name="Until">When the shutdown begins at the latest, UTC; a wall clock set back only delays it.</param>
/// <param name="Restart">What is planned is a restart in place.</param>
public sealed record RotationExit(Reason Why, DateTimeOffset Since, DateTimeOffset Until, bool Restart);

/// <summary>
/// The endpoint of an instance does not answer its load balancer although its guest says that it is well.
/// </summary>
/// <param name="Balancer">Which found it.</param>
/// <param name="Check">What its probe met last.</param>
/// <param name="Since">When it was judged, UTC.</param>
/// <param name="Rung">What was done about it last.</param>
/// <param name="RungAt">When, UTC.</param>
/// <param name="Why">In words.</param>
public sealed record EndpointNote(
    string Balancer, string Check, DateTimeOffset Since, EndpointRung Rung, DateTimeOffset RungAt, Reason Why);

/// <summary>The rungs of the ladder that an endpoint climbs, from least to most harm.</summary>
public enum EndpointRung
{
    /// <summary>It is out of rotation, and its guest agent was told.</summary>
    Told,

    /// <summary>The guest agent restarts the role.</summary>
    RoleRestarted,

    /// <summary>The machine is shut down and started again where it is.</summary>
    Reset,

    /// <summary>It moves to another node, where there is one. After that a person is needed.</summary>
    Moved,
}
