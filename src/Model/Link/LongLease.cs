namespace Havm.Model;

/// <summary>
/// Which long lease: the term that granted it and its number. A later one is greater, also across leaders, so that
/// one name can end all that came before it.
/// </summary>
/// <param name="Epoch">The term in which it was granted.</param>
/// <param name="Number">Grows by one with each long lease of a state.</param>
public readonly record struct LongLeaseName(Epoch Epoch, long Number) : IComparable<LongLeaseName>
{
    public static readonly LongLeaseName None = new(Epoch.None, 0);

    public int CompareTo(LongLeaseName other) => (Epoch, Number).CompareTo((other.Epoch, other.Number));

    public static bool operator <(LongLeaseName a, LongLeaseName b) => a.CompareTo(b) < 0;

    public static bool operator >(LongLeaseName a, LongLeaseName b) => a.CompareTo(b) > 0;

    public static bool operator <=(LongLeaseName a, LongLeaseName b) => a.CompareTo(b) <= 0;

    public static bool operator >=(LongLeaseName a, LongLeaseName b) => a.CompareTo(b) >= 0;

    public override string ToString() => $"{Epoch}-{Number}";
}

/// <summary>What a controller says about a long lease with the answer to a warden's beat.</summary>
/// <param name="Name">Which one.</param>
/// <param name="Remaining">
/// Granted for this long, counted by the host from *sending* the beat that is answered; more than 0, 24 h at most.
/// Null: it is ended, and so is every earlier one.
/// </param>
public sealed record LongLeaseWord(LongLeaseName Name, TimeSpan? Remaining);

/// <summary>What a warden has made durable about long leases; it rides on every beat.</summary>
/// <param name="Held">The one it holds, or held until its end; None: none.</param>
/// <param name="Ended">The highest one it was told to be ended: nothing at or below is ever taken again.</param>
public sealed record LongLeaseSeen(LongLeaseName Held, LongLeaseName Ended)
{
    public static readonly LongLeaseSeen Nothing = new(LongLeaseName.None, LongLeaseName.None);
}
