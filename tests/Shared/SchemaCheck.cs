using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Havm.Tests;

/// <summary>As much of JSON Schema as our schemas use; a keyword it does not know is an error of the schema.</summary>
internal static class SchemaCheck
{
    public static string[] Errors(JsonObject schema, JsonNode? value, string at) => schema["$ref"] is { } target
        ? Errors(Definition(schema.Root, $"{target}"), value, at)
        : [.. schema.SelectMany(rule => Rule(rule.Key, rule.Value!, schema, value, at))];

    /// <summary>"#/$defs/name" is the only form in use.</summary>
    private static JsonObject Definition(JsonNode root, string path) =>
        root["$defs"]![path[(path.LastIndexOf('/') + 1)..]]!.AsObject();

    private static IEnumerable<string> Rule(string word, JsonNode rule, JsonObject schema, JsonNode? value, string at)
    {
        if (!Concerns(word, value))
        {
            return [];
        }

        switch (word)
        {
            case "$schema" or "$defs" or "title" or "description" or "default" or "readOnly":
                return [];
            case "type":
                string[] types = rule is JsonArray several
                    ? [.. several.Select(t => t!.ToString())]
                    : [rule.ToString()];
                var type = TypeOf(value);
                return No(
                    types.Contains(type) || (type == "integer" && types.Contains("number")),
                    $"{at} is {type}, not {rule}");
            case "const":
                return No(JsonNode.DeepEquals(rule, value), $"{at} is not {rule}");
            case "enum":
                return No(rule.AsArray().Any(w => JsonNode.DeepEquals(w, value)), $"{at} is none of {rule}");
            case "anyOf":
                return No(rule.AsArray().Any(s => Errors(s!.AsObject(), value, at).Length == 0), $"{at} fits no form");
            case "oneOf":
                int fitting = rule.AsArray().Count(s => Errors(s!.AsObject(), value, at).Length == 0);
                return No(fitting == 1, $"{at} fits {fitting} forms");
            case "pattern":
                return No(value is not JsonValue || Regex.IsMatch($"{value}", $"{rule}"), $"{at} is no {rule}");
            case "minimum":
                return No(Number(value!) >= Number(rule), $"{at} is below {rule}");
            case "maximum":
                return No(Number(value!) <= Number(rule), $"{at} is above {rule}");
            case "maxLength":
                return No($"{value}".Length <= Number(rule), $"{at} is too long");
            case "minItems":
                return No(value!.AsArray().Count >= Number(rule), $"{at} has too few");
            case "maxItems":
                return No(value!.AsArray().Count <= Number(rule), $"{at} has too many");
            case "maxProperties":
                return No(value!.AsObject().Count <= Number(rule), $"{at} has too many");
            case "minProperties":
                return No(value!.AsObject().Count >= Number(rule), $"{at} has too few");
            case "items":
                return value!.AsArray().SelectMany((item, i) => Errors(rule.AsObject(), item, $"{at}[{i}]"));
            case "propertyNames":
                return value!.AsObject().SelectMany(e => Errors(rule.AsObject(), JsonValue.Create(e.Key), at));
            case "required":
                return rule.AsArray().SelectMany(
                    r => No(value!.AsObject().ContainsKey($"{r}"), $"{at}.{r} is missing"));
            case "properties":
                return value!.AsObject().Where(e => rule.AsObject().ContainsKey(e.Key))
                    .SelectMany(e => Errors(rule[e.Key]!.AsObject(), e.Value, $"{at}.{e.Key}"));
            case "additionalProperties":
                var extra = value!.AsObject().Where(e => schema["properties"]?.AsObject().ContainsKey(e.Key) != true);
                return extra.SelectMany(e => rule is JsonObject inner
                    ? Errors(inner, e.Value, $"{at}.{e.Key}")
                    : [$"{at}.{e.Key} is unknown"]);
            default:
                return [$"the schema's keyword {word} is not known to this check"];
        }
    }

    /// <summary>A keyword says something only about values of its own kind.</summary>
    private static bool Concerns(string word, JsonNode? value) => word switch
    {
        "minItems" or "maxItems" or "items" => value is JsonArray,
        "required" or "properties" or "additionalProperties" or "propertyNames" or "minProperties"
            or "maxProperties" => value is JsonObject,
        "minimum" or "maximum" => TypeOf(value) is "number" or "integer",
        _ => true,
    };

    private static decimal Number(JsonNode node) => decimal.Parse(node.ToJsonString(), CultureInfo.InvariantCulture);

    private static string[] No(bool good, string error) => good ? [] : [error];

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => value.ToJsonString().Contains('.') ? "number" : "integer",
        _ => "null",
    };
}
