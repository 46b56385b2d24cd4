namespace Havm.Wire.Api;

/// <summary>
/// A time shown to a person. The age is counted by the controller on its own monotonic clock, so that a reader whose
/// wall clock is wrong still sees the right age.
/// </summary>
/// <param name="At">UTC.</param>
/// <param name="AgeSeconds">Seconds from then until the answer was made; never negative.</param>
public sealed record Moment(DateTimeOffset At, double AgeSeconds)
{
    public static Moment Of(DateTimeOffset at, DateTimeOffset now) => Of(at, now - at);

    public static Moment Of(DateTimeOffset at, TimeSpan age) =>
        new(at.ToUniversalTime(), Math.Max(0, Math.Round(age.TotalSeconds, 3)));
}
