using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Havm.Specs;

/// <summary>Texts by key, in the keys' order.</summary>
internal sealed record TextMapType(TextType Keys, TextType Values, int Max)
    : IFieldType<ImmutableSortedDictionary<string, string>>
{
    public string Words => $"mapping of {Keys.Words} to {Values.Words}, {Max} at most";

    public bool Read(DataNode node, FieldPath at, out ImmutableSortedDictionary<string, string> value)
    {
        value = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);
        if (node is not MapNode map)
        {
            return at.No(node, $"is {node.Words}, not a mapping", "write lines of \"key: value\"", out value);
        }

        if (map.Entries.Length > Max)
        {
            return at.No(node, $"has {map.Entries.Length} entries, more than {Max}", "remove some", out value);
        }

        bool good = map.RefuseRepeated(at);
        foreach (MapEntry entry in map.Entries)
        {
            FieldPath inner = at.Field(entry.Key);
            bool keyGood = Keys.Read(new ScalarNode(entry.Place, entry.Key, Quoted: true), inner, out _);
            bool valueGood = Values.Read(entry.Value, inner, out string text);
            good &= keyGood && valueGood;
            value = valueGood ? value.SetItem(entry.Key, text) : value;
        }

        return good;
    }

    public JsonNode Write(ImmutableSortedDictionary<string, string> value)
    {
        var map = new JsonObject();
        foreach ((string key, string text) in value)
        {
            map[key] = Values.Write(text);
        }

        return map;
    }

    public JsonObject Schema() => new()
    {
        ["type"] = "object",
        ["maxProperties"] = Max,
        ["propertyNames"] = Keys.Schema(),
        // A number written as a value is taken as the text it is written with.
        ["additionalProperties"] = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") },
    };
}
