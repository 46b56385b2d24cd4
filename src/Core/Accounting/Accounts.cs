using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Accounting;

/// <summary>
/// The durable accounts: of each instance, of what is gone, of the layers that failed, and of when somebody looked.
/// All bounded: an instance has at most <see cref="Days.Kept"/> days, and so has everything else.
/// </summary>
public sealed record Accounts
{
    public static readonly Accounts Empty = new();

    /// <summary>Null: nothing was counted yet.</summary>
    public Watch? Watch { get; init; }

    public ImmutableSortedDictionary<InstanceName, InstanceAccount> Instances { get; init; } =
        ImmutableSortedDictionary<InstanceName, InstanceAccount>.Empty;

    /// <summary>Sums of instances that no longer exist, by their owner; "" of owners that are gone too.</summary>
    public ImmutableSortedDictionary<string, GoneAccount> Gone { get; init; } =
        ImmutableSortedDictionary.Create<string, GoneAccount>(StringComparer.Ordinal);

    /// <summary>Incidents that are over, by the number of the day on which they were detected.</summary>
    public ImmutableSortedDictionary<int, LayerDay> Layers { get; init; } =
        ImmutableSortedDictionary<int, LayerDay>.Empty;

    public ImmutableArray<Stretch> Gaps => Watch?.Gaps ?? [];
}

/// <summary>When somebody looked. Between a mark and the next leader's first round nobody did.</summary>
public sealed record Watch
{
    /// <summary>Gaps kept; beyond that the two oldest are taken as one, and what lies between as unseen too.</summary>
    public const int GapsKept = 400;

    /// <summary>Counting began then.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The last mark.</summary>
    public required DateTimeOffset LookedAt { get; init; }

    /// <summary>The term that made it.</summary>
    public required Epoch Epoch { get; init; }

    /// <summary>When the controller was away, oldest first.</summary>
    public ImmutableArray<Stretch> Gaps { get; init; } = [];

    /// <param name="at">Somebody looks now.</param>
    /// <param name="epoch">In this term.</param>
    /// <param name="seen">The newest moment that is on record otherwise: somebody looked then too.</param>
    public Watch Looked(DateTimeOffset at, Epoch epoch, DateTimeOffset seen)
    {
        var last = seen > LookedAt ? seen : LookedAt;
        var gaps = Gaps.RemoveAll(gap => (at - gap.To).TotalDays > Days.Kept + 1);
        if (epoch != Epoch && at > last)
        {
            gaps = gaps.Add(new Stretch(last, at));
        }

        return this with
        {
            LookedAt = at,
            Epoch = epoch,
            Gaps = gaps.Length > GapsKept ? [new Stretch(gaps[0].From, gaps[1].To), .. gaps[2..]] : gaps,
        };
    }
}

/// <summary>The days of instances that no longer exist.</summary>
public sealed record GoneAccount
{
    public static readonly GoneAccount Empty = new();

    public ImmutableSortedDictionary<int, GoneDay> Days { get; init; } = ImmutableSortedDictionary<int, GoneDay>.Empty;

    public GoneAccount With(InstanceAccount account, DateTimeOffset at, ImmutableArray<Stretch> gaps)
    {
        var notUp = account.Until(at, gaps);
        var days = Days;
        foreach (var (day, part) in Accounting.Days.Split(new Stretch(account.Since, at)))
        {
            var that = notUp.GetValueOrDefault(day, DayAccount.Empty);
            var unseen = Math.Max(0, gaps.Sum(gap => gap.Within(part).Seconds) - that.Away);
            days = days.SetItem(
                day, days.GetValueOrDefault(day, GoneDay.Empty) + new GoneDay(part.Seconds, unseen, that));
        }

        return Pruned(days, at);
    }

    public GoneAccount With(GoneAccount other, DateTimeOffset at) => Pruned(
        other.Days.Aggregate(Days, (days, one) =>
            days.SetItem(one.Key, days.GetValueOrDefault(one.Key, GoneDay.Empty) + one.Value)),
        at);

    private static GoneAccount Pruned(ImmutableSortedDictionary<int, GoneDay> days, DateTimeOffset at) => new()
    {
        Days = days.RemoveRange(days.Keys.TakeWhile(day => day < Accounting.Days.Of(at) - Accounting.Days.Kept)),
    };
}

/// <summary>One day of what is gone.</summary>
/// <param name="Seconds">Time that was counted, of all instances together.</param>
/// <param name="Unseen">Of what would else be up: the controller was away.</param>
/// <param name="Account">All that was not up.</param>
public sealed record GoneDay(double Seconds, double Unseen, DayAccount Account)
{
    public static readonly GoneDay Empty = new(0, 0, DayAccount.Empty);

    public static GoneDay operator +(GoneDay a, GoneDay b) =>
        new(a.Seconds + b.Seconds, a.Unseen + b.Unseen, a.Account + b.Account);
}
