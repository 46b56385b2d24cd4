namespace Havm.Core.Accounting;

/// <summary>
/// How an instance stands for the accounts. Each moment since it exists counts for exactly one of these.
/// </summary>
public enum Standing
{
    /// <summary>It is not wanted running, or in people's hands: it owes nobody anything.</summary>
    Off,

    /// <summary>It is wanted running, and ready; one in which nobody says that it is ready runs.</summary>
    Up,

    /// <summary>It is not ready because of an order, a move, or its node's maintenance.</summary>
    Planned,

    /// <summary>
    /// It is not ready, and nothing on record says why: no room, a wait for another, a failing probe, a paused machine.
    /// </summary>
    Unready,

    /// <summary>It is not ready, and an incident says why.</summary>
    Failed,

    /// <summary>Its node cannot be heard: whether it runs is not known.</summary>
    Unheard,
}
