using System.Globalization;
using System.Text.Json.Nodes;

namespace Havm.Specs;

/// <summary>A length of time with its unit: ms, s, m or h.</summary>
internal sealed record DurationType(TimeSpan Min, TimeSpan Max) : IFieldType<TimeSpan>
{
    private static readonly (string Unit, long Milliseconds)[] Units =
        [("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

    public string Words => $"time, {Text(Min)} to {Text(Max)}";

    public bool Read(DataNode node, FieldPath at, out TimeSpan value)
    {
        string remedy = $"write a whole number with ms, s, m or h, from {Text(Min)} to {Text(Max)}";
        if (node is not ScalarNode { IsNothing: false } scalar)
        {
            return at.No(node, $"is {node.Words}, not a time", remedy, out value);
        }

        string text = scalar.Text.Trim();
        string count = text.TrimEnd([.. "abcdefghijklmnopqrstuvwxyz"]);
        string unit = text[count.Length..];
        long milliseconds = Units.FirstOrDefault(u => u.Unit == unit).Milliseconds;
        string digits = count.TrimStart('-');
        if (digits.Length == 0 || digits.AsSpan().ContainsAnyExceptInRange('0', '9')
            || count.Length - digits.Length > 1)
        {
            return at.No(node, $"is {scalar.Words}, not a time", remedy, out value);
        }

        if (milliseconds == 0)
        {
            string lack = unit.Length == 0 ? "has no unit" : $"has the unknown unit \"{unit}\"";
            return at.No(node, $"is {scalar.Words}, which {lack}", $"write {count}s, if seconds are meant", out value);
        }

        // 15 digits of hours are far beyond every bound and still far from overflowing 128 bits.
        Int128 length = count.Length <= 15
            ? Int128.Parse(count, CultureInfo.InvariantCulture) * milliseconds
            : count.StartsWith('-') ? Int128.MinValue : Int128.MaxValue;
        if (length < (Int128)Min.TotalMilliseconds || length > (Int128)Max.TotalMilliseconds)
        {
            bool low = length < (Int128)Min.TotalMilliseconds;
            string side = low ? $"less than {Text(Min)}" : $"more than {Text(Max)}";
            return at.No(node, $"is {scalar.Shown}, {side}", remedy, out value);
        }

        value = TimeSpan.FromMilliseconds((long)length);
        return true;
    }

    public JsonNode Write(TimeSpan value) => JsonValue.Create(Text(value));

    public JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = "^[0-9]+(ms|s|m|h)$" };

    /// <summary>With the largest unit that divides it.</summary>
    public static string Text(TimeSpan time)
    {
        long milliseconds = (long)time.TotalMilliseconds;
        if (milliseconds == 0)
        {
            return "0s";
        }

        (string unit, long each) = Units.First(u => milliseconds % u.Milliseconds == 0);
        return $"{milliseconds / each}{unit}";
    }
}
