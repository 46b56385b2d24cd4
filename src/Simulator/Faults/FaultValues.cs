using System.Collections.Immutable;
using System.Globalization;

namespace Havm.Simulator.Faults;

/// <summary>
/// What was written, or drawn, for the fields of a fault, in a scenario's own names. It can be written out again.
/// </summary>
/// <param name="Fields">Each field's words; more than one list only where the field holds groups.</param>
public sealed record FaultValues(ImmutableSortedDictionary<string, ImmutableArray<ImmutableArray<string>>> Fields)
{
    public static readonly FaultValues None =
        new(ImmutableSortedDictionary.Create<string, ImmutableArray<ImmutableArray<string>>>(StringComparer.Ordinal));

    public bool Has(string field) => Fields.ContainsKey(field);

    /// <summary>A field's words; none where it was left out.</summary>
    public ImmutableArray<string> Words(string field) => Fields.TryGetValue(field, out var groups) ? groups[0] : [];

    public FaultValues With(string field, params ImmutableArray<string> words) => WithGroups(field, [words]);

    public FaultValues WithGroups(string field, ImmutableArray<ImmutableArray<string>> groups) =>
        new(Fields.SetItem(field, groups));

    /// <summary>A time as fields hold it.</summary>
    public static string Text(TimeSpan time) =>
        $"{time.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)}ms";

    public static string Text(double number) => number.ToString("0.######", CultureInfo.InvariantCulture);

    /// <summary>As an action of a scenario: `{stall: node1, for: 4000ms}`. Left-out values stay out.</summary>
    /// <param name="verb">A verb of <see cref="FaultCatalogue"/>, whose fields these are.</param>
    public string Write(string verb)
    {
        var kind = FaultCatalogue.Find(verb)!;
        var main = kind.Fields[0];
        if (!Has(main.Name))
        {
            return $"{{{verb}: {{{string.Join(", ", Fields.Select(field => $"{field.Key}: {Write(field.Value)}"))}}}}}";
        }

        var rest = kind.Fields.Skip(1).Where(field => Has(field.Name) && Words(field.Name)[0] != field.Otherwise);
        return $"{{{verb}: {Write(Fields[main.Name])}"
            + string.Concat(rest.Select(field => $", {field.Name}: {Write(Fields[field.Name])}")) + "}";
    }

    private static string Write(ImmutableArray<ImmutableArray<string>> groups) => groups.Length > 1
        ? $"[{string.Join(", ", groups.Select(List))}]"
        : groups[0].Length == 1 ? groups[0][0] : List(groups[0]);

    private static string List(ImmutableArray<string> words) => $"[{string.Join(", ", words)}]";
}
