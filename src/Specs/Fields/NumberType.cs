using System.Globalization;
using System.Text.Json.Nodes;

namespace Havm.Specs;

/// <summary>A number with or without a fraction, with bounds.</summary>
internal sealed record NumberType(double Min, double Max) : IFieldType<double>
{
    public string Words => string.Create(CultureInfo.InvariantCulture, $"number, {Min} to {Max}");

    private string Remedy => string.Create(CultureInfo.InvariantCulture, $"write a number from {Min} to {Max}");

    public bool Read(DataNode node, FieldPath at, out double value)
    {
        if (node is not ScalarNode { IsNothing: false, Quoted: false } scalar
            || !double.TryParse(
                scalar.Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture, out value))
        {
            return at.No(node, $"is {node.Words}, not a number", Remedy, out value);
        }

        return value >= Min && value <= Max
            || at.No(node, $"is {scalar.Shown}, {(value < Min ? "less than" : "more than")} "
                + (value < Min ? Min : Max).ToString(CultureInfo.InvariantCulture), Remedy, out value);
    }

    public JsonNode Write(double value) => JsonValue.Create(value);

    public JsonObject Schema() => new() { ["type"] = "number", ["minimum"] = Min, ["maximum"] = Max };
}
