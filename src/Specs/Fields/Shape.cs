using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Havm.Specs;

/// <summary>
/// An object with named fields: reads them all, refuses every other, and looks at them together by rules.
/// </summary>
internal sealed class Shape<T>(
    ImmutableArray<Member<T>> members, Func<Values, T> build, params ImmutableArray<Rule> rules) : IFieldType<T>
{
    public string Words => "object";

    public IEnumerable<IMember> Inner => members;

    public bool Read(DataNode node, FieldPath at, out T value)
    {
        if (node is ScalarNode { IsNothing: true })
        {
            node = new MapNode(node.Place, []);
        }

        if (node is not MapNode map)
        {
            return at.No(
                node, $"is {node.Words}, not an object", "write its fields as lines of \"key: value\"", out value);
        }

        bool good = map.RefuseUnknown(at, [.. members.Select(m => m.Name)]);
        good &= map.RefuseRepeated(at);
        var values = new Values(map, at);
        foreach (Member<T> member in members)
        {
            good &= member.Read(map, at, values);
        }

        foreach (Rule rule in rules)
        {
            values.Ask(rule);
        }

        good &= !values.Refused;
        value = good ? build(values) : default!;
        return good;
    }

    public JsonNode Write(T value) => WriteObject(value);

    /// <summary>Fields that say no more than their default are left out.</summary>
    public JsonObject WriteObject(T value)
    {
        var into = new JsonObject();
        foreach (Member<T> member in members)
        {
            member.Write(value, into);
        }

        return into;
    }

    public JsonObject Schema()
    {
        var properties = new JsonObject();
        foreach (Member<T> member in members)
        {
            JsonObject schema = member.Type.Schema();
            schema["description"] = member.Summary;
            if (member.Default is { } preset)
            {
                schema["default"] = preset.DeepClone();
            }

            properties[member.Name] = schema;
        }

        var shape = new JsonObject
        {
            ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false,
        };
        JsonNode[] required = [.. members.Where(m => m.Required).Select(m => (JsonNode)JsonValue.Create(m.Name))];
        if (required.Length > 0)
        {
            shape["required"] = new JsonArray(required);
        }

        return shape;
    }
}
