using System.Text.Json.Serialization;

namespace Havm.Model;

/// <summary>How what went down comes up again.</summary>
public sealed record RecoveryPolicy
{
    public RetryPolicy Retries { get; init; } = new();
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
    /// from 10 s. Null: it waits for a node that could not take it before, or for an order.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public TimeSpan? Again { get; init; } = TimeSpan.FromMinutes(5);
}
