using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Havm.Core.Accounting;

/// <summary>
/// One UTC day of an instance, or the sum of several: seconds of everything but being up, which is what is left of
/// the day. A day on which nothing happened needs no account.
/// </summary>
public sealed record DayAccount
{
    public static readonly DayAccount Empty = new();

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double Off { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double Planned { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double Unready { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double Failed { get; init; }

    /// <summary>Nobody could see it: its node was silent, or the controller was away.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double Unheard { get; init; }

    /// <summary>
    /// Time of the above in which the controller was away: it is counted, and not to be taken off the rest again.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double Away { get; init; }

    /// <summary>Unplanned interruptions that began on this day.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Interruptions { get; init; }

    /// <summary>The longest of them in seconds, as far as it has come.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double Longest { get; init; }

    /// <summary>How many of them each layer caused; those without an incident are not among them.</summary>
    public ImmutableSortedDictionary<Layer, int> ByLayer { get; init; } =
        ImmutableSortedDictionary<Layer, int>.Empty;

    /// <summary>All that was not being up.</summary>
    [JsonIgnore]
    public double NotUp => Off + Planned + Unready + Failed + Unheard;

    public static DayAccount operator +(DayAccount a, DayAccount b) => new()
    {
        Off = a.Off + b.Off,
        Planned = a.Planned + b.Planned,
        Unready = a.Unready + b.Unready,
        Failed = a.Failed + b.Failed,
        Unheard = a.Unheard + b.Unheard,
        Away = a.Away + b.Away,
        Interruptions = a.Interruptions + b.Interruptions,
        Longest = Math.Max(a.Longest, b.Longest),
        ByLayer = b.ByLayer.Aggregate(
            a.ByLayer, (all, one) => all.SetItem(one.Key, all.GetValueOrDefault(one.Key) + one.Value)),
    };

    /// <summary>Time in one standing; what nobody saw of the uncertain ones is told as that.</summary>
    /// <param name="standing">Not up.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="away">For how much of it the controller was away.</param>
    public DayAccount With(Standing standing, double seconds, double away)
    {
        var next = this with { Away = Away + away };
        return standing switch
        {
            Standing.Up => this,
            Standing.Off => next with { Off = Off + seconds },
            Standing.Failed => next with { Failed = Failed + seconds },
            Standing.Unheard => next with { Unheard = Unheard + seconds },
            Standing.Planned => next with { Planned = Planned + seconds - away, Unheard = Unheard + away },
            Standing.Unready => next with { Unready = Unready + seconds - away, Unheard = Unheard + away },
        };
    }
}
