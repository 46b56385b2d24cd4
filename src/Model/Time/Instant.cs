namespace Havm.Model;

/// <summary>
/// A point on one machine's monotonic clock that runs through suspend. Two instants of different machines are never
/// compared: leases are counted from both ends, each on its own clock (SAFETY: time).
/// </summary>
public readonly record struct Instant(TimeSpan SinceOrigin) : IComparable<Instant>
{
    public static readonly Instant Origin = new(TimeSpan.Zero);

    public static Instant FromSeconds(double seconds) => new(TimeSpan.FromSeconds(seconds));

    public int CompareTo(Instant other) => SinceOrigin.CompareTo(other.SinceOrigin);

    public static Instant operator +(Instant at, TimeSpan by) => new(at.SinceOrigin + by);

    public static Instant operator -(Instant at, TimeSpan by) => new(at.SinceOrigin - by);

    public static TimeSpan operator -(Instant a, Instant b) => a.SinceOrigin - b.SinceOrigin;

    public static bool operator <(Instant a, Instant b) => a.SinceOrigin < b.SinceOrigin;

    public static bool operator >(Instant a, Instant b) => a.SinceOrigin > b.SinceOrigin;

    public static bool operator <=(Instant a, Instant b) => a.SinceOrigin <= b.SinceOrigin;

    public static bool operator >=(Instant a, Instant b) => a.SinceOrigin >= b.SinceOrigin;

    public static Instant Max(Instant a, Instant b) => a >= b ? a : b;

    public override string ToString() => $"{SinceOrigin.TotalSeconds:0.000}s";
}
