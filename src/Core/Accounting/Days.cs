using System.Text.Json.Serialization;

namespace Havm.Core.Accounting;

/// <summary>Time cut at midnight, UTC. A day is its number since 1970-01-01.</summary>
public static class Days
{
    /// <summary>Days that accounts go back; what is older is dropped.</summary>
    public const int Kept = 400;

    public static int Of(DateTimeOffset at) => (int)Math.Floor((at - DateTimeOffset.UnixEpoch).TotalDays);

    public static DateTimeOffset Begin(int day) => DateTimeOffset.UnixEpoch.AddDays(day);

    /// <summary>The part of each day that a stretch of time covers, in order; no more days than are kept.</summary>
    public static IEnumerable<(int Day, Stretch Part)> Split(Stretch time)
    {
        for (var day = Math.Max(Of(time.From), Of(time.To) - Kept); day <= Of(time.To); day++)
        {
            if (time.Within(new Stretch(Begin(day), Begin(day + 1))) is { Seconds: > 0 } part)
            {
                yield return (day, part);
            }
        }
    }
}

/// <summary>A stretch of time; empty where it ends before it begins.</summary>
public readonly record struct Stretch(DateTimeOffset From, DateTimeOffset To)
{
    [JsonIgnore]
    public double Seconds => Math.Max(0, (To - From).TotalSeconds);

    public Stretch Within(Stretch other) => new(From > other.From ? From : other.From, To < other.To ? To : other.To);
}
