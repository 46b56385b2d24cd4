using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Havm.Model;

namespace Havm.Simulator.Trace;

/// <summary>What a trace says of itself.</summary>
public sealed record TraceHeader(
    string Scenario, string Product, int Seed, ImmutableArray<(string Name, TimeSpan Time)> Timings,
    ImmutableArray<string> Unsupported);

/// <summary>
/// Writes havm-trace/1: JSON lines, each handed to the stream whole, so that a trace that breaks off breaks off between
/// two lines.
/// </summary>
public sealed class TraceWriter(Stream into)
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly ArrayBufferWriter<byte> _line = new();

    public void Write(TraceHeader header) => Line(json =>
    {
        json.WriteString("trace", "havm-trace/1");
        json.WriteString("scenario", header.Scenario);
        json.WriteString("product", header.Product);
        json.WriteNumber("seed", header.Seed);
        json.WriteStartObject("timings");
        foreach (var (name, time) in header.Timings)
        {
            json.WriteNumber(name, Seconds(time));
        }

        json.WriteEndObject();
        json.WriteStartArray("unsupported");
        foreach (var word in header.Unsupported)
        {
            json.WriteStringValue(word);
        }

        json.WriteEndArray();
    });

    public void Write(TraceEvent happened) => Line(json =>
    {
        json.WriteNumber("t", Seconds(happened.At.SinceOrigin));
        json.WriteString("ev", happened.Word);
        happened.Write(json);
    });

    /// <summary>With 3 decimals at most.</summary>
    private static decimal Seconds(TimeSpan time) => Math.Round(time.Ticks / 10_000m) / 1000m;

    private void Line(Action<Utf8JsonWriter> write)
    {
        _line.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_line, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        _line.Write("\n"u8);
        into.Write(_line.WrittenSpan);
    }
}
