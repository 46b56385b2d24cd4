using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Havm.Model;

namespace Havm.Runtime.Files;

/// <summary>
/// Reads a process's configuration, one JSON object, and says everything that is wrong with its form in words of the
/// file, not of the program.
/// </summary>
public static class ConfigReader
{
    /// <summary>
    /// Read by reflection: generated readers hand an init-only property that is left out its type's default.
    /// </summary>
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowTrailingCommas = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    private static readonly JsonDocumentOptions Form = new()
    {
        AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>The configuration, or every error of its form.</summary>
    public static (T? Config, IReadOnlyList<SpecError> Errors) Read<T>(string path) where T : class
    {
        byte[] text;
        try
        {
            text = File.ReadAllBytes(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return (null, [new(path, "", $"cannot be read: {cause.Message}", "name a readable file with --config")]);
        }

        var type = Json.GetTypeInfo(typeof(T));
        var errors = FormErrors(path, text, type);
        if (errors.Count > 0)
        {
            return (null, errors);
        }

        try
        {
            return (JsonSerializer.Deserialize<T>(text, Json), []);
        }
        catch (JsonException cause)
        {
            return (null, [new SpecError(
                path, (cause.Path ?? "").TrimStart('$').TrimStart('.'), $"{Misfit(cause)} ({Place(cause)})",
                "mend it; the reference of the configuration says what belongs there")]);
        }
    }

    private static List<SpecError> FormErrors(string path, byte[] text, JsonTypeInfo type)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Form);
            var root = document.RootElement;
            return root.ValueKind != JsonValueKind.Object
                ? [new(path, "", $"holds {Word(root.ValueKind)}, not an object", "write { \"field\": value, ... }")]
                : [.. Missing(path, root, type), .. Unknown(path, root, type)];
        }
        catch (JsonException cause)
        {
            return [new SpecError(path, "", $"is no JSON from {Place(cause)} on", "mend the text there")];
        }
    }

    private static IEnumerable<SpecError> Missing(string path, JsonElement root, JsonTypeInfo type) =>
        type.Properties.Where(known => known.IsRequired && !root.TryGetProperty(known.Name, out _))
            .Select(known => new SpecError(path, known.Name, "is missing", "every configuration must say it"));

    private static IEnumerable<SpecError> Unknown(string path, JsonElement root, JsonTypeInfo type) =>
        root.EnumerateObject().Where(found => type.Properties.All(known => known.Name != found.Name))
            .Select(found => new SpecError(path, found.Name, "is unknown",
                $"take it out, or write one of {string.Join(", ", type.Properties.Select(p => p.Name).Order())}"));

    /// <summary>What the reader tells in words of the program is told in words of the file.</summary>
    private static string Misfit(JsonException cause) =>
        cause.Message.Contains("could not be mapped", StringComparison.Ordinal) ? "is unknown"
        : cause.Message.Split("including:") is [_, var missing] ? $"lacks {missing.Trim().TrimEnd('.')}"
        : "has a value of the wrong kind";

    private static string Word(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a truth value",
        JsonValueKind.Null or JsonValueKind.Undefined or JsonValueKind.Object => "nothing",
    };

    private static string Place(JsonException cause) =>
        $"line {cause.LineNumber + 1}, character {cause.BytePositionInLine + 1}";
}
