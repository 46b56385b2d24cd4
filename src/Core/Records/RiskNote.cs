using Havm.Model;

namespace Havm.Core.Records;

/// <summary>What a node's sensors say of its future.</summary>
/// <param name="Level">Never <see cref="RiskLevel.None"/>: that is no note at all.</param>
/// <param name="Why">In words, with each reading as evidence.</param>
/// <param name="Since">UTC.</param>
public sealed record RiskNote(RiskLevel Level, Reason Why, DateTimeOffset Since);

/// <summary>How likely it is that a node fails soon.</summary>
public enum RiskLevel
{
    /// <summary>Its sensors say nothing.</summary>
    None,

    /// <summary>Something wears, or fails that has a spare: it is shown.</summary>
    Watch,

    /// <summary>It will likely fail: the policy's prediction says what follows.</summary>
    Likely,
}
