using System.Collections.Immutable;
using System.Globalization;
using Havm.Simulator.Faults;
using Havm.Specs;

namespace Havm.Simulator.Scenario.Reading;

/// <summary>
/// Reads a verb of the fault library by the fields that its kind declares. The first field may be the verb's own value,
/// with the others beside it (`{stall: node1, for: 4s}`), or all stand in a mapping
/// (`{stall: {node: node1, for: 4s}}`).
/// </summary>
internal sealed class FaultReader(Names names)
{
    public ScenarioAction Read(FaultKind kind, MapNode action, FieldPath at)
    {
        var outer = new MapReader(action, at);
        var value = outer.Take(kind.Verb)!;
        var inner = value is MapNode ? new MapReader(value, at.Field(kind.Verb)) : null;
        var fields = inner is not null && kind.Or is { } other && other.Any(field => inner.Take(field.Name) is not null)
            ? other
            : kind.Fields;
        var values = FaultValues.None;
        foreach (var field in fields)
        {
            var from = inner ?? outer;
            var main = inner is null && field == fields[0];
            var found = main ? value : from.Take(field.Name);
            var path = main ? at.Field(kind.Verb) : from.At.Field(field.Name);
            if (found is not null && Value(field, found, path) is { IsEmpty: false } read)
            {
                values = values.WithGroups(field.Name, read);
            }
            else if (found is null && field.Otherwise is { } otherwise)
            {
                values = values.With(field.Name, otherwise);
            }
            else if (found is null)
            {
                path.Refuse(from.Place, "is missing", $"add \"{field.Name}:\" ({field.Meaning})");
            }
        }

        inner?.Close();
        outer.Close();
        return new ScenarioAction(
            kind.Verb, Each(kind, values), ScenarioFile.Empty<string>(), action.Entries[0].Place) { Fault = values };
    }

    private static ImmutableArray<string> Each(FaultKind kind, FaultValues values) =>
        kind.Fields[0].Type is FaultFieldType.EachNode or FaultFieldType.EachVm
            ? values.Words(kind.Fields[0].Name)
            : [];

    /// <summary>What stands there, as lists of words; none when it was refused.</summary>
    private ImmutableArray<ImmutableArray<string>> Value(FaultField field, DataNode node, FieldPath at) =>
        field.Type switch
        {
            FaultFieldType.EachNode or FaultFieldType.Nodes => One(Several(node, at, names.Node)),
            FaultFieldType.EachVm => One(Several(node, at, names.Vm)),
            FaultFieldType.EachRack => One(Several(node, at, names.Rack)),
            FaultFieldType.Groups => Groups(node, at),
            FaultFieldType.Link => Link(node, at),
            FaultFieldType.Time => One(Time(field, node, at)),
            FaultFieldType.Number or FaultFieldType.Count => One(Number(field, node, at)),
            FaultFieldType.Word => One(Word(field, node, at)),
        };

    private static ImmutableArray<ImmutableArray<string>> One(ImmutableArray<string> words) =>
        words.IsEmpty ? [] : [words];

    private static ImmutableArray<string> Several(DataNode node, FieldPath at, Func<DataNode, FieldPath, string?> name)
    {
        if (node is ListNode { Items.IsEmpty: true })
        {
            at.Refuse(node.Place, "is an empty list", "name at least one");
        }

        return [.. MapReader.WordsOf(node, at).Select(word => name(word, at)).OfType<string>()];
    }

    private ImmutableArray<ImmutableArray<string>> Groups(DataNode node, FieldPath at)
    {
        if (node is not ListNode { Items: [_, _, ..] } list)
        {
            at.Refuse(node.Place, $"is {node.Words}, not two groups or more", "write \"[[node1, node2], [node3]]\"");
            return [];
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        var groups = ImmutableArray.CreateBuilder<ImmutableArray<string>>();
        foreach (var (item, i) in list.Items.Select((item, i) => (item, i)))
        {
            var group = Several(item, at.Item(i), names.Node);
            foreach (var twice in group.Where(name => !seen.Add(name)))
            {
                at.Item(i).Refuse(item.Place, $"names node \"{twice}\" a second time", "name each node once");
            }

            groups.Add(group);
        }

        return groups.ToImmutable();
    }

    private ImmutableArray<ImmutableArray<string>> Link(DataNode node, FieldPath at)
    {
        var ends = Several(node, at, names.Node);
        if (ends.Length > 2 || ends.Distinct().Count() < ends.Length)
        {
            at.Refuse(node.Place, "is no link", "write one node, or two that differ");
        }

        return One(ends);
    }

    private static ImmutableArray<string> Time(FaultField field, DataNode node, FieldPath at)
    {
        if (TimeOf(field, node, at) is not { } time)
        {
            return [];
        }

        if (time.TotalSeconds < field.Least || time.TotalSeconds > field.Most)
        {
            at.Refuse(node.Place, $"is {node.Words}, out of bounds",
                $"write a time from {FaultValues.Text(field.Least)}s to {FaultValues.Text(field.Most)}s");
        }

        return [FaultValues.Text(time)];
    }

    /// <summary>A time may be below zero only where its bounds are.</summary>
    private static TimeSpan? TimeOf(FaultField field, DataNode node, FieldPath at) =>
        field.Least < 0 && node is ScalarNode { Text: ['-', ..] } back
            ? -MapReader.TimeOf(back with { Text = back.Text[1..] }, at)
            : MapReader.TimeOf(node, at);

    private static ImmutableArray<string> Number(FaultField field, DataNode node, FieldPath at)
    {
        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign;
        var whole = field.Type == FaultFieldType.Count;
        if (node is ScalarNode { Quoted: false } scalar
            && double.TryParse(scalar.Text, Style, CultureInfo.InvariantCulture, out var number)
            && number >= field.Least && number <= field.Most && (!whole || number == Math.Floor(number)))
        {
            return [FaultValues.Text(number)];
        }

        at.Refuse(node.Place, $"is {node.Words}, no {(whole ? "whole " : "")}number within bounds",
            $"write one from {FaultValues.Text(field.Least)} to {FaultValues.Text(field.Most)}");
        return [];
    }

    private static ImmutableArray<string> Word(FaultField field, DataNode node, FieldPath at) =>
        MapReader.WordOf(node, at, field.Words) is { } word ? [word] : [];
}
