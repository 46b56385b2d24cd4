using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Accounting;

/// <summary>
/// What became of an instance's time since it is counted: how it stands now and since when, and each earlier day on
/// which it was not up all the time. A change of standing is all that is ever written.
/// </summary>
public sealed record InstanceAccount
{
    public required InstanceName Name { get; init; }

    /// <summary>Whose it is, for the sums.</summary>
    public required SpecKey Owner { get; init; }

    /// <summary>Counted from here on, UTC like all times here.</summary>
    public required DateTimeOffset Since { get; init; }

    public required Standing Standing { get; init; }

    /// <summary>Since when it stands so.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The incident that it failed by last.</summary>
    public string? Incident { get; init; }

    /// <summary>When the interruption began that goes on; null: none does.</summary>
    public DateTimeOffset? InterruptedAt { get; init; }

    /// <summary>By number of the day; sparse, no older than <see cref="Accounting.Days.Kept"/>.</summary>
    public ImmutableSortedDictionary<int, DayAccount> Days { get; init; } =
        ImmutableSortedDictionary<int, DayAccount>.Empty;

    /// <summary>
    /// It stands otherwise. What was up, or could not be seen, and is not ready without an order is interrupted.
    /// </summary>
    /// <param name="next">How it stands now.</param>
    /// <param name="at">Since when; what is before its present standing counts from there.</param>
    /// <param name="gaps">When the controller was away.</param>
    /// <param name="layer">What interrupted it; null: nothing on record.</param>
    /// <param name="incident">By which incident.</param>
    public InstanceAccount Turn(
        Standing next, DateTimeOffset at, ImmutableArray<Stretch> gaps, Layer? layer = null, string? incident = null)
    {
        var to = at > At ? at : At;
        var days = Folded(new Stretch(At, to), gaps);
        var broken = next is Standing.Failed or Standing.Unready;
        var begins = broken && InterruptedAt is null && Standing is (Standing.Up or Standing.Unheard);
        var since = begins ? to : InterruptedAt;
        if (begins)
        {
            days = On(days, to, day => day with { Interruptions = day.Interruptions + 1 });
        }

        if (begins && layer is { } cause)
        {
            days = On(days, to, day => day with
            {
                ByLayer = day.ByLayer.SetItem(cause, day.ByLayer.GetValueOrDefault(cause) + 1),
            });
        }

        if (since is { } from && !broken)
        {
            days = On(days, from, day => day with { Longest = Math.Max(day.Longest, (to - from).TotalSeconds) });
            since = null;
        }

        return this with
        {
            Standing = next,
            At = to,
            Incident = incident ?? Incident,
            InterruptedAt = since,
            Days = days.RemoveRange(days.Keys.TakeWhile(day => day < Accounting.Days.Of(to) - Accounting.Days.Kept)),
        };
    }

    /// <summary>All days up to a moment, the standing that goes on included.</summary>
    public ImmutableSortedDictionary<int, DayAccount> Until(DateTimeOffset now, ImmutableArray<Stretch> gaps)
    {
        var days = Folded(new Stretch(At, now), gaps);
        return InterruptedAt is { } from && from < now
            ? On(days, from, day => day with { Longest = Math.Max(day.Longest, (now - from).TotalSeconds) })
            : days;
    }

    private ImmutableSortedDictionary<int, DayAccount> Folded(Stretch time, ImmutableArray<Stretch> gaps)
    {
        var days = Days;
        if (Standing != Standing.Up)
        {
            foreach (var (day, part) in Accounting.Days.Split(time))
            {
                var away = gaps.Sum(gap => gap.Within(part).Seconds);
                days = days.SetItem(
                    day, days.GetValueOrDefault(day, DayAccount.Empty).With(Standing, part.Seconds, away));
            }
        }

        return days;
    }

    private static ImmutableSortedDictionary<int, DayAccount> On(
        ImmutableSortedDictionary<int, DayAccount> days, DateTimeOffset at, Func<DayAccount, DayAccount> change)
    {
        var day = Accounting.Days.Of(at);
        return days.SetItem(day, change(days.GetValueOrDefault(day, DayAccount.Empty)));
    }
}
