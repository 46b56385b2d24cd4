using System.Collections.Immutable;

namespace Havm.Specs;

/// <summary>
/// What fields of one object must be together. A person is told of all that is wrong at once, so a rule is asked
/// although other fields are bad: it names those whose values it looks at, and is left out only when one of them could
/// not be read. Whether a field stands there at all it may always ask.
/// </summary>
/// <param name="Fields">The fields whose values it looks at; none where it only asks what is there.</param>
/// <param name="Check">Refuses what it does not like.</param>
internal sealed record Rule(ImmutableArray<IMember> Fields, Action<Values> Check);
