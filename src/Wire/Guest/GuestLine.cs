using System.Text.Json;

namespace Havm.Wire.Guest;

/// <summary>What one line on the port turned out to be.</summary>
public abstract record GuestLine
{
    /// <summary>The longest line either side accepts, newline not counted: 64 KiB.</summary>
    public const int MaxBytes = 64 * 1024;

    private GuestLine()
    {
    }

    /// <summary>A line that says something.</summary>
    public sealed record Message(GuestMessage Value) : GuestLine;

    /// <summary>
    /// A line nobody can obey. A peer that was cut off in mid line leaves such a line, so it is worth an answer
    /// and a log line but never the end of the connection.
    /// </summary>
    /// <param name="About">The line's type, or <c>line</c> where none could be read.</param>
    public sealed record Malformed(string About, string Reason) : GuestLine;

    /// <summary>The message as one line of UTF-8 that ends with a newline.</summary>
    public static byte[] Encode(GuestMessage message)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(message, GuestJson.Default.GuestMessage);
        Array.Resize(ref json, json.Length + 1);
        json[^1] = (byte)'\n';
        return json;
    }

    /// <summary>Reads one line, given without its newline. Never throws for what the line holds.</summary>
    public static GuestLine Decode(ReadOnlySpan<byte> line)
    {
        if (line.Length > MaxBytes)
        {
            return TooLong;
        }

        string about = "line";
        try
        {
            about = TypeOf(line) ?? about;
            if (about == "line")
            {
                return new Malformed(about, "the line is no JSON object with a text field \"type\"");
            }

            return IsKnown(about)
                ? new Message(JsonSerializer.Deserialize(line, GuestJson.Default.GuestMessage)!)
                : new Malformed(about, "this type is unknown here");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return new Malformed(about, e.Message);
        }
    }

    internal static Malformed TooLong { get; } = new("line", $"the line is longer than {MaxBytes} bytes");

    private static bool IsKnown(string type) => type is
        HelloMessage.Name or BeatMessage.Name or ReadyMessage.Name or RoleStateMessage.Name or PongMessage.Name or
        ErrorMessage.Name or NoticesMessage.Name or RoleLogMessage.Name or ConfigureMessage.Name or
        ShutdownMessage.Name or PingMessage.Name;

    private static string? TypeOf(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType)
            {
                return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            }

            reader.Skip();
        }

        return null;
    }
}
