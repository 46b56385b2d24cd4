using System.Text.Json;
using System.Text.Json.Serialization;

namespace Havm.Wire.Guest;

/// <summary>Writes a time as seconds with millisecond precision; refuses what no clock here can hold.</summary>
public sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    private const double MaxSeconds = 100 * 365.25 * 86_400;

    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        double seconds = reader.GetDouble();
        return seconds is >= 0 and <= MaxSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new JsonException($"{seconds} is no time in seconds from 0 to {MaxSeconds:0}");
    }

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(Math.Round(value.TotalSeconds, 3));
}
