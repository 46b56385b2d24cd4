using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Specs;

/// <summary>How a guest's program is started again in its guest.</summary>
internal static class RoleRestartFields
{
    private static readonly RoleRestart Usual = new();

    private static readonly Member<RoleRestart, ImmutableArray<TimeSpan>> Backoff = Member.Optional(
        "backoff", new ListType<TimeSpan>(new DurationType(TimeSpan.Zero, TimeSpan.FromHours(1)), 16, Min: 1),
        Usual.Backoff, (RoleRestart r) => r.Backoff,
        "Waits before the first, second, ... restart in a row; the last one repeats.");

    private static readonly Member<RoleRestart, int> Limit = Member.Optional(
        "limit", new IntegerType(0, 1000), Usual.Limit, (RoleRestart r) => r.Limit,
        "After so many restarts in a row its host starts the machine anew, unless `monitoring` is `off`; 0: never.");

    private static readonly Member<RoleRestart, TimeSpan> StableAfter = Member.Optional(
        "stableAfter", new DurationType(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)), Usual.StableAfter,
        (RoleRestart r) => r.StableAfter, "A program that has been ready for this long starts the count over.");

    public static readonly Shape<RoleRestart> Shape = new(
        [Backoff, Limit, StableAfter],
        v => new RoleRestart
        {
            Backoff = v.Get(Backoff), Limit = v.Get(Limit), StableAfter = v.Get(StableAfter),
        });
}
