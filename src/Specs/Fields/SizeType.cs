using System.Globalization;
using System.Text.Json.Nodes;
using Havm.Model;

namespace Havm.Specs;

/// <summary>A size in bytes with a binary unit, or a plain number of bytes.</summary>
internal sealed record SizeType(Bytes Min, Bytes Max) : IFieldType<Bytes>
{
    private static readonly (string Unit, int Shift)[] Units =
        [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)];

    public string Words => $"size, {Text(Min)} to {Text(Max)}";

    public bool Read(DataNode node, FieldPath at, out Bytes value)
    {
        string remedy = $"write a whole number with KiB, MiB, GiB or TiB, from {Text(Min)} to {Text(Max)}";
        if (node is not ScalarNode { IsNothing: false } scalar)
        {
            return at.No(node, $"is {node.Words}, not a size", remedy, out value);
        }

        string text = scalar.Text.Trim();
        bool negative = text.StartsWith('-');
        int digits = text.AsSpan(negative ? 1 : 0).IndexOfAnyExceptInRange('0', '9') switch
        {
            -1 => text.Length,
            var at0 => at0 + (negative ? 1 : 0),
        };
        string unit = text[digits..].Trim();
        int shift = unit.Length == 0 ? 0 : Units.FirstOrDefault(u => u.Unit == unit).Shift;
        if (digits == (negative ? 1 : 0) || (shift == 0 && unit.Length > 0))
        {
            return at.No(node, $"is {scalar.Words}, not a size", Meant(text[..digits], unit) ?? remedy, out value);
        }

        Int128 size = Int128.TryParse(text[..digits], CultureInfo.InvariantCulture, out Int128 count)
            && count < 1L << 62
            ? count << shift
            : Int128.MaxValue;
        if (size < Min.Value || size > Max.Value)
        {
            string side = size < Min.Value ? $"less than {Text(Min)}" : $"more than {Text(Max)}";
            return at.No(node, $"is {scalar.Shown}, {side}", remedy, out value);
        }

        value = new Bytes((long)size);
        return true;
    }

    public JsonNode Write(Bytes value) => JsonValue.Create(Text(value));

    public JsonObject Schema() => new()
    {
        ["anyOf"] = new JsonArray(
            new JsonObject { ["type"] = "string", ["pattern"] = "^[0-9]+ ?(KiB|MiB|GiB|TiB)?$" },
            new JsonObject { ["type"] = "integer", ["minimum"] = Min.Value, ["maximum"] = Max.Value }),
    };

    /// <summary>With the largest unit that divides it; plain bytes when none does.</summary>
    public static string Text(Bytes size)
    {
        foreach ((string unit, int shift) in Units)
        {
            if (size.Value != 0 && size.Value % (1L << shift) == 0)
            {
                return $"{size.Value >> shift}{unit}";
            }
        }

        return size.Value.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>"96M", "96Mi" and "96mb" are taken for what they nearly say, in the remedy alone.</summary>
    private static string? Meant(string count, string unit) =>
        count.Length > 0 && unit.Length > 0
        && Units.FirstOrDefault(u => char.ToUpperInvariant(unit[0]) == u.Unit[0]).Unit is { } meant
            ? $"write {count}{meant}, if that is meant: sizes have binary units"
            : null;
}
