using System.Collections.Immutable;

namespace Havm.Wire.Api;

/// <summary>
/// The generated JSON readers hand an init-only property its type's default where the text leaves it out, and the
/// default of an immutable array throws at first use. An answer of another version may well leave a list out.
/// </summary>
internal static class MissingLists
{
    public static ImmutableArray<T> OrEmpty<T>(this ImmutableArray<T> list) => list.IsDefault ? [] : list;
}
