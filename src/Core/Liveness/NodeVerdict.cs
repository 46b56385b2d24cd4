namespace Havm.Core.Liveness;

/// <summary>What a node's silence is concluded to mean. A verdict is never a proof of death.</summary>
public enum NodeVerdict
{
    /// <summary>All evidence is silent too: datastore heartbeat stale, or the BMC says Off.</summary>
    Failed,

    /// <summary>Its datastore heartbeat is fresh: it lives, and no network of ours reaches it.</summary>
    Isolated,

    /// <summary>Evidence is missing. Nothing is fenced on this verdict alone.</summary>
    Unknown,
}
