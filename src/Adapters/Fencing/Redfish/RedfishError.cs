using System.Text.Json;

namespace Havm.Fencing;

/// <summary>The sentence in a Redfish error answer, for people.</summary>
internal static class RedfishError
{
    private const int LongestWords = 200;

    /// <summary>": sentence", or nothing when there is none to find.</summary>
    public static string Words(ReadOnlyMemory<byte> body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("error", out JsonElement error)
                && error.ValueKind == JsonValueKind.Object
                && error.TryGetProperty("message", out JsonElement message)
                && message.ValueKind == JsonValueKind.String
                && message.GetString() is { Length: > 0 } text
                    ? ": " + (text.Length > LongestWords ? text[..LongestWords] : text)
                    : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}
