using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Havm.Simulator.Faults;

namespace Havm.Simulator.Tests.Faults;

/// <summary>JSON Schema of a fault, from what its kind declares.</summary>
internal static class FaultSchema
{
    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true, IndentSize = 1, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Text(JsonObject schema) => schema.ToJsonString(Layout);

    public static JsonObject Of(FaultKind kind)
    {
        var flat = new JsonObject { [kind.Verb] = new JsonObject { ["anyOf"] = Forms(kind) } };
        foreach (var field in kind.Fields.Skip(1))
        {
            flat[field.Name] = Of(field);
        }

        return new JsonObject
        {
            ["description"] = kind.Breaks,
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["required"] = new JsonArray(kind.Verb),
            ["properties"] = flat,
        };
    }

    private static JsonArray Forms(FaultKind kind)
    {
        var forms = new JsonArray(Of(kind.Fields[0]), Mapping([.. kind.Fields]));
        if (kind.Or is { } other)
        {
            forms.Add(Mapping([.. other]));
        }

        return forms;
    }

    private static JsonObject Mapping(FaultField[] fields)
    {
        string[] needed = [.. fields.Where(field => field.Otherwise is null).Select(field => field.Name)];
        var mapping = new JsonObject { ["type"] = "object", ["additionalProperties"] = false };
        if (needed.Length > 0)
        {
            mapping["required"] = new JsonArray([.. needed.Select(name => JsonValue.Create(name))]);
        }

        var properties = new JsonObject();
        foreach (var field in fields)
        {
            properties[field.Name] = Of(field);
        }

        mapping["properties"] = properties;
        return mapping;
    }

    private static JsonObject Of(FaultField field) => field.Type switch
    {
        FaultFieldType.EachNode or FaultFieldType.EachVm or FaultFieldType.EachRack or FaultFieldType.Nodes
            or FaultFieldType.Link => new JsonObject { ["$ref"] = "#/$defs/ids" },
        FaultFieldType.Groups => new JsonObject
        {
            ["type"] = "array", ["minItems"] = 2, ["items"] = new JsonObject { ["$ref"] = "#/$defs/ids" },
        },
        FaultFieldType.Time when field.Least < 0 => new JsonObject
        {
            ["type"] = "string", ["pattern"] = "^-?[0-9]+(\\.[0-9]+)?(ms|s|m|h)$",
        },
        FaultFieldType.Time => new JsonObject { ["$ref"] = "#/$defs/duration" },
        FaultFieldType.Number => Bounded("number", field),
        FaultFieldType.Count => Bounded("integer", field),
        FaultFieldType.Word => new JsonObject
        {
            ["enum"] = new JsonArray([.. field.Words.Select(word => JsonValue.Create(word))]),
        },
    };

    private static JsonObject Bounded(string type, FaultField field) =>
        new() { ["type"] = type, ["minimum"] = field.Least, ["maximum"] = field.Most };
}
