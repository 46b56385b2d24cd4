using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Havm.Runtime.State;

/// <summary>
/// How records are stored. Members are only ever added; the store's schema version tells when that was not enough.
/// Read by reflection on purpose: generated readers give a member that an older version did not write the type's zero
/// in place of its declared default.
/// </summary>
public static class LedgerJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>
    /// Throws <see cref="JsonException"/> when the text is not what was written; null for the text "null".
    /// </summary>
    public static T? Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Options);

    public static byte[] WriteUtf8<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    /// <summary>As <see cref="Read"/>, from bytes.</summary>
    public static T? ReadUtf8<T>(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<T>(json, Options);

    /// <summary>Text that was written here, to stand inside another.</summary>
    public static JsonElement Element(string json) => JsonSerializer.Deserialize<JsonElement>(json, Options);
}
