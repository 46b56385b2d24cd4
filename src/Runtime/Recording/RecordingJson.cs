using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Havm.Core;
using Havm.Model;

namespace Havm.Runtime.Recording;

/// <summary>
/// How recordings are written. Read by reflection on purpose, as the store's records are: a member that an older
/// version did not write has its declared default. Inputs and commands are told apart by their names.
/// </summary>
public static class RecordingJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        IncludeFields = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(), new InstantConverter(), new RawConverter() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { TellApart } },
    };

    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    public static string Text<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>Throws <see cref="JsonException"/> when the text is not what was written.</summary>
    public static T? Read<T>(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<T>(json, Options);

    private static void TellApart(JsonTypeInfo info)
    {
        if (info.Type != typeof(Input) && info.Type != typeof(Command))
        {
            return;
        }

        var kinds = new JsonPolymorphismOptions { TypeDiscriminatorPropertyName = "is" };
        foreach (var kind in info.Type.Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(info.Type) && !type.IsAbstract)
            .OrderBy(type => type.Name, StringComparer.Ordinal))
        {
            kinds.DerivedTypes.Add(new JsonDerivedType(kind, Word.Of(kind.Name)));
        }

        info.PolymorphismOptions = kinds;
    }

    /// <summary>In ticks of 100 ns: as exact as it is decided on.</summary>
    private sealed class InstantConverter : JsonConverter<Instant>
    {
        public override Instant Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            new(TimeSpan.FromTicks(reader.GetInt64()));

        public override void Write(Utf8JsonWriter writer, Instant value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(value.SinceOrigin.Ticks);
    }

    private sealed class RawConverter : JsonConverter<RawJson>
    {
        public override RawJson Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            return new RawJson(document.RootElement.GetRawText());
        }

        public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Json, skipInputValidation: true);
    }
}
