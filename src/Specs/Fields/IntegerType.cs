using System.Globalization;
using System.Text.Json.Nodes;

namespace Havm.Specs;

/// <summary>A whole number with bounds.</summary>
internal sealed record IntegerType(int Min, int Max) : IFieldType<int>
{
    public string Words => $"whole number, {Min} to {Max}";

    public bool Read(DataNode node, FieldPath at, out int value)
    {
        if (node is not ScalarNode { IsNothing: false } scalar)
        {
            return at.No(
                node, $"is {node.Words}, not a whole number", $"write a number from {Min} to {Max}", out value);
        }

        if (scalar.Quoted && IsWhole(scalar.Text))
        {
            return at.No(node, $"is {scalar.Words}, not a number", $"write {scalar.Text} without quotes", out value);
        }

        if (!IsWhole(scalar.Text))
        {
            return at.No(
                node, $"is {scalar.Words}, not a whole number", $"write a number from {Min} to {Max}", out value);
        }

        bool fits = int.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
        if (fits && value >= Min && value <= Max)
        {
            return true;
        }

        string side = scalar.Text.StartsWith('-') || (fits && value < Min) ? "less than" : "more than";
        int bound = side == "less than" ? Min : Max;
        return at.No(node, $"is {scalar.Shown}, {side} {bound}", $"write a number from {Min} to {Max}", out value);
    }

    public JsonNode Write(int value) => JsonValue.Create(value);

    public JsonObject Schema() => new() { ["type"] = "integer", ["minimum"] = Min, ["maximum"] = Max };

    private static bool IsWhole(string text)
    {
        ReadOnlySpan<char> digits = text.AsSpan(text.StartsWith('-') ? 1 : 0);
        return digits.Length > 0 && !digits.ContainsAnyExceptInRange('0', '9');
    }
}
