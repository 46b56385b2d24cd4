using System.Text.Json.Serialization;

namespace Havm.Model;

/// <summary>How what went down comes up again.</summary>
public sealed record RecoveryPolicy
{
    public RetryPolicy Retries { get; init; } = new();

    /// <summary>What comes first once a node is proven off; an instance may say otherwise.</summary>
    public RecoveryMode Mode { get; init; } = RecoveryMode.RecoverFirst;

    /// <summary>How long instances wait for a node that is rebooted first; 1 min to 24 h.</summary>
    public TimeSpan RebootWait { get; init; } = TimeSpan.FromMinutes(15);
}

/// <summary>What comes first for the instances of a node that is proven off.</summary>
public enum RecoveryMode
{
    /// <summary>They start elsewhere at once, and the node is rebooted meanwhile.</summary>
    RecoverFirst,

    /// <summary>
    /// The node is powered on, and they start there again; elsewhere only when it does not come back.
    /// </summary>
    RebootFirst,
}

/// <summary>
/// What follows a start that failed: tries on the same node, then on others, then the state `failed`, and the next
/// round of tries. Of the cluster, or of one instance in its place.
/// </summary>
public sealed record RetryPolicy
{
    /// <summary>Further tries on a node on which a start failed, before another node is tried; 0 to 1000.</summary>
    public int Here { get; init; } = 1;

    /// <summary>Further nodes that are tried, none of them twice; 0 to 1000.</summary>
    public int Elsewhere { get; init; } = 3;

    /// <summary>
    /// The longest wait of one that failed before all nodes are open to it again, 10 s to 24 h; the waits grow to it
    /// from 10 s. Null: it waits for a node that could not take it before, for the lock that
    /// refused it, or for an order.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public TimeSpan? Again { get; init; } = TimeSpan.FromMinutes(5);
}
