using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Records;

/// <summary>The rules that only observe, and since when, UTC. Durable: a new leader shows the same.</summary>
public sealed record Observing(ImmutableSortedDictionary<AutomationRule, DateTimeOffset> Since)
{
    public static readonly Observing Nothing = new(ImmutableSortedDictionary<AutomationRule, DateTimeOffset>.Empty);

    public bool Equals(Observing? other) => other is not null && Since.SequenceEqual(other.Since);

    public override int GetHashCode() => Since.Count;
}
