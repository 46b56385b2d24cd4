using System.Text.Json.Nodes;

namespace Havm.Specs;

/// <summary>A value, or a word that says there is none.</summary>
/// <param name="Inner">The value's type.</param>
/// <param name="Word">Stands for null in the document; null: only leaving the field out does.</param>
internal sealed record NullableType<T>(IFieldType<T> Inner, string? Word = null) : IFieldType<T?> where T : struct
{
    public string Words => Word is null ? Inner.Words : $"{Inner.Words}, or `{Word}`";

    public bool Read(DataNode node, FieldPath at, out T? value)
    {
        if (Word is not null && node is ScalarNode scalar && scalar.Text == Word)
        {
            value = null;
            return true;
        }

        bool good = Inner.Read(node, at, out T inner);
        value = inner;
        return good;
    }

    public JsonNode Write(T? value) => value is { } inner ? Inner.Write(inner) : JsonValue.Create(Word ?? "");

    public JsonObject Schema() => Word is null
        ? Inner.Schema()
        : new JsonObject { ["anyOf"] = new JsonArray(Inner.Schema(), new JsonObject { ["const"] = Word }) };
}
