using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Host.Watch;

/// <summary>Repairs in place that were decided, to hold them to their limit per window.</summary>
public sealed record RepairBudget(ImmutableArray<Instant> Spent)
{
    public static readonly RepairBudget Unspent = new([]);

    /// <summary>Repairs decided within the window before <paramref name="now"/>.</summary>
    public int Used(Instant now, RepairLimits limits) => Spent.Count(at => now - at < limits.Window);

    public bool Allows(Instant now, RepairLimits limits) => Used(now, limits) < limits.Resets;

    public RepairBudget Spend(Instant now, RepairLimits limits) =>
        new([.. Spent.Where(at => now - at < limits.Window), now]);
}
