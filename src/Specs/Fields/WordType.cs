using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Havm.Specs;

/// <summary>One word of a closed set.</summary>
internal sealed class WordType<T> : IFieldType<T> where T : struct, Enum
{
    private readonly ImmutableArray<(string Word, T Value)> words =
        [.. Enum.GetValues<T>().Select(value => (Camel(value.ToString()), value))];

    public string Words => $"one of {string.Join(", ", words.Select(w => $"`{w.Word}`"))}";

    public bool Read(DataNode node, FieldPath at, out T value)
    {
        string[] known = [.. words.Select(w => w.Word)];
        if (node is not ScalarNode { IsNothing: false } scalar)
        {
            return at.No(node, $"is {node.Words}, not a word", $"write one of: {string.Join(", ", known)}", out value);
        }

        if (!known.Contains(scalar.Text))
        {
            return at.No(
                node, $"is {scalar.Words}, which is not known", NearestWord.Remedy(scalar.Text, known), out value);
        }

        value = words.First(w => w.Word == scalar.Text).Value;
        return true;
    }

    public JsonNode Write(T value) => JsonValue.Create(Camel(value.ToString()));

    public JsonObject Schema() =>
        new() { ["enum"] = new JsonArray([.. words.Select(w => (JsonNode)JsonValue.Create(w.Word))]) };

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}

/// <summary>true or false.</summary>
internal sealed class FlagType : IFieldType<bool>
{
    public static readonly FlagType Instance = new();

    public string Words => "`true` or `false`";

    public bool Read(DataNode node, FieldPath at, out bool value)
    {
        if (node is ScalarNode { Quoted: false, Text: "true" or "false" } scalar)
        {
            value = scalar.Text == "true";
            return true;
        }

        string remedy = (node as ScalarNode)?.Text.ToLowerInvariant() switch
        {
            "true" or "yes" or "on" or "y" => "write true, without quotes",
            "false" or "no" or "off" or "n" => "write false, without quotes",
            _ => "write true or false",
        };
        return at.No(node, $"is {node.Words}, neither true nor false", remedy, out value);
    }

    public JsonNode Write(bool value) => JsonValue.Create(value);

    public JsonObject Schema() => new() { ["type"] = "boolean" };
}
