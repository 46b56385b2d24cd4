using System.Collections.Immutable;

namespace Havm.Core.Accounting;

/// <summary>
/// What the accounts say about a stretch of time: of one instance, or summed up. Exposure is time in which it was
/// wanted running and somebody could see it; availability is the share of that in which it was up. What nobody saw is
/// told apart and counts for nothing.
/// </summary>
/// <param name="Seconds">Time that was counted at all.</param>
/// <param name="Unseen">Of that, not seen because the controller was away, where it would else be up.</param>
/// <param name="Account">All that was not up.</param>
public sealed record Figures(double Seconds, double Unseen, DayAccount Account)
{
    public const double Year = 365.25 * 86_400;

    public static readonly Figures None = new(0, 0, DayAccount.Empty);

    public double Up => Math.Max(0, Seconds - Unseen - Account.NotUp);

    /// <summary>Time that nobody could see.</summary>
    public double Unobserved => Unseen + Account.Unheard;

    /// <summary>Seconds in which it was wanted running and seen.</summary>
    public double Exposure => Math.Max(0, Seconds - Unobserved - Account.Off);

    /// <summary>0 to 1; null without exposure.</summary>
    public double? Availability => Exposure > 0 ? Up / Exposure : null;

    /// <summary>As if all planned work had not happened; null without exposure.</summary>
    public double? ButForPlanned => Exposure > Account.Planned
        ? Up / (Exposure - Account.Planned) : null;

    /// <summary>Unplanned interruptions in a year of exposure, with the 90 % interval; null without exposure.</summary>
    public (double Rate, double Low, double High)? AnnualInterruptionRate
    {
        get
        {
            if (Exposure <= 0)
            {
                return null;
            }

            var years = Exposure / Year;
            var (low, high) = Poisson.Interval90(Account.Interruptions);
            return (Account.Interruptions / years, low / years, high / years);
        }
    }

    public static Figures operator +(Figures a, Figures b) =>
        new(a.Seconds + b.Seconds, a.Unseen + b.Unseen, a.Account + b.Account);

    /// <summary>Of one instance.</summary>
    /// <param name="account">Its account.</param>
    /// <param name="from">A day's beginning.</param>
    /// <param name="now">UTC.</param>
    /// <param name="gaps">When the controller was away.</param>
    public static Figures Of(
        InstanceAccount account, DateTimeOffset from, DateTimeOffset now, ImmutableArray<Stretch> gaps)
    {
        var time = new Stretch(account.Since, now).Within(new Stretch(from, now));
        var notUp = Sum(account.Until(now, gaps), from);
        var away = gaps.Sum(gap => gap.Within(time).Seconds);
        return new Figures(time.Seconds, Math.Max(0, away - notUp.Away), notUp);
    }

    /// <summary>Of what is gone.</summary>
    public static Figures Of(GoneAccount account, DateTimeOffset from) => account.Days
        .Where(day => day.Key >= Days.Of(from))
        .Aggregate(None, (all, day) => all + new Figures(day.Value.Seconds, day.Value.Unseen, day.Value.Account));

    private static DayAccount Sum(ImmutableSortedDictionary<int, DayAccount> days, DateTimeOffset from) =>
        days.Where(day => day.Key >= Days.Of(from)).Aggregate(DayAccount.Empty, (all, day) => all + day.Value);
}
