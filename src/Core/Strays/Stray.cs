using Havm.Model;

namespace Havm.Core.Strays;

/// <summary>A machine that a node tells of, and that has no seat there: somebody moved or started it by hand.</summary>
/// <param name="Instance">Which instance it says it is.</param>
/// <param name="Generation">The generation it was started with; None: it names none.</param>
/// <param name="Since">Since when this leader has known of it there.</param>
public sealed record Stray(InstanceName Instance, Generation Generation, Instant Since);
