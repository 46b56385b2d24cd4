namespace Havm.Core.Liveness;

/// <summary>What a node's silence is concluded to mean. A verdict is never a proof of death.</summary>
public enum NodeVerdict
{
    /// <summary>All evidence is silent too: datastore heartbeat stale, or the BMC says Off.</summary>
    Failed,

    /// <summary>Its datastore heartbeat is fresh: it lives, and nothing is known to reach it by network.</summary>
    Isolated,

    /// <summary>
    /// Its datastore heartbeat is fresh, and it has some network: it reaches an isolation address or another
    /// controller, or other nodes reach it. What is cut is between it and us.
    /// </summary>
    Partitioned,

    /// <summary>Evidence is missing. Nothing is fenced on this verdict alone.</summary>
    Unknown,
}

/// <summary>What several verdicts have in common.</summary>
public static class NodeVerdicts
{
    /// <summary>It lives and cannot be heard: what follows is the same whether it has some network or none.</summary>
    public static bool IsCutOff(this NodeVerdict? verdict) =>
        verdict is NodeVerdict.Isolated or NodeVerdict.Partitioned;
}
