using System.Text.Json.Nodes;

namespace Havm.Specs;

/// <summary>
/// What the controller writes and a person does not: accepted, so that shown output may be applied again, and ignored.
/// </summary>
internal sealed class IgnoredType : IFieldType<string>
{
    public static readonly IgnoredType Instance = new();

    public string Words => "shown only; ignored when applied";

    public bool Read(DataNode node, FieldPath at, out string value)
    {
        value = "";
        return true;
    }

    public JsonNode Write(string value) => JsonValue.Create(value);

    public JsonObject Schema() => new() { ["readOnly"] = true };
}
