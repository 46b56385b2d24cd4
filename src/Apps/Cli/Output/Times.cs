using System.Globalization;
using Havm.Wire.Api;

namespace Havm.Cli.Output;

/// <summary>Times as people read them: absolute in UTC, and how long ago.</summary>
internal static class Times
{
    public const string None = "-";

    /// <summary>"2026-11-22 00:12:26Z".</summary>
    public static string Absolute(Moment? moment) => moment is null
        ? None
        : moment.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>"12 s ago".</summary>
    public static string Ago(Moment? moment) => moment is null ? None : $"{Length(moment.AgeSeconds)} ago";

    public static string Both(Moment? moment) => moment is null ? None : $"{Absolute(moment)} ({Ago(moment)})";

    /// <summary>One unit, as coarse as its size: "0.8 s", "12 s", "3 min", "2 h", "5 d".</summary>
    public static string Length(double seconds) => seconds switch
    {
        < 10 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
        < 120 => $"{(long)seconds} s",
        < 7200 => $"{(long)(seconds / 60)} min",
        < 172_800 => $"{(long)(seconds / 3600)} h",
        _ => $"{(long)(seconds / 86_400)} d",
    };

    /// <summary>A measured length, with the figures that matter when phases are compared.</summary>
    public static string Measured(double? seconds) => seconds is not { } known
        ? None
        : known < 120 ? string.Create(CultureInfo.InvariantCulture, $"{known:0.00} s") : Length(known);

    /// <summary>"500ms", "90s", "5m", "1h"; null for anything else.</summary>
    public static TimeSpan? Parse(string text)
    {
        string count = text.TrimEnd([.. "hms"]);
        double each = text[count.Length..] switch { "ms" => 0.001, "s" => 1, "m" => 60, "h" => 3600, _ => 0 };
        return each > 0 && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number * each < TimeSpan.MaxValue.TotalSeconds
            ? TimeSpan.FromSeconds(number * each)
            : null;
    }
}
