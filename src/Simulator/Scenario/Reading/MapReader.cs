using System.Collections.Immutable;
using System.Globalization;
using Havm.Model;
using Havm.Specs;

namespace Havm.Simulator.Scenario.Reading;

/// <summary>
/// Reads one mapping of a scenario field by field. Whatever is wrong goes to the problems with its place; reading goes
/// on with the default, so that all errors are told at once.
/// </summary>
internal sealed class MapReader
{
    private static readonly (string Unit, double Milliseconds)[] TimeUnits =
        [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)];

    private static readonly (string Unit, double Bytes)[] SizeUnits =
        [("MiB", 1 << 20), ("GiB", 1 << 30), ("MB", 1e6), ("GB", 1e9), ("", 1)];

    private readonly MapNode _map;
    private readonly HashSet<string> _known = [];

    public MapReader(DataNode node, FieldPath at)
    {
        At = at;
        if (node is MapNode map)
        {
            _map = map;
            return;
        }

        if (node is not ScalarNode { IsNothing: true })
        {
            at.Refuse(node.Place, $"is {node.Words}, not a mapping", "write its fields as \"key: value\"");
        }

        _map = new MapNode(node.Place, []);
    }

    public FieldPath At { get; }

    public TextPlace Place => _map.Place;

    public bool IsEmpty => _map.Entries.IsEmpty;

    /// <summary>What stands under a key; null when nothing does.</summary>
    public DataNode? Take(string key)
    {
        _known.Add(key);
        return _map.Find(key)?.Value;
    }

    /// <summary>Every key, where keys are names that people chose.</summary>
    public IEnumerable<(string Key, TextPlace Place, DataNode Value)> Entries()
    {
        foreach (var entry in _map.Entries)
        {
            _known.Add(entry.Key);
            yield return (entry.Key, entry.Place, entry.Value);
        }
    }

    /// <summary>After the last field: what is left over is refused, and what stands twice.</summary>
    public void Close()
    {
        _map.RefuseUnknown(At, _known);
        _map.RefuseRepeated(At);
    }

    public T Required<T>(string key, string words, T otherwise, Func<DataNode, FieldPath, T?> read) where T : class
    {
        if (Take(key) is { } node)
        {
            return read(node, At.Field(key)) ?? otherwise;
        }

        At.Field(key).Refuse(Place, "is missing", $"add \"{key}:\" ({words})");
        return otherwise;
    }

    public bool Flag(string key, bool otherwise) => Read(key, otherwise, (node, at) => node switch
    {
        ScalarNode { Quoted: false, Text: "true" } => true,
        ScalarNode { Quoted: false, Text: "false" } => false,
        _ => Refused(node, at, "neither true nor false", "write true or false", otherwise),
    });

    public string Word(string key, string otherwise, params string[] words) => Read(key, otherwise, (node, at) =>
        WordOf(node, at, words) ?? otherwise);

    public int Whole(string key, int otherwise, int least, int most) => Read(key, otherwise, (node, at) =>
        node is ScalarNode { Quoted: false } scalar
        && int.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
        && value >= least && value <= most
            ? value
            : Refused(node, at, $"no whole number from {least} to {most}", "write one", otherwise));

    public double? Number(string key, double least) => Read<double?>(key, null, (node, at) =>
        node is ScalarNode { Quoted: false } scalar && TryNumber(scalar.Text, out var value) && value >= least
            ? value
            : Refused<double?>(node, at, "no number or too small", $"write a number from {least} on", null));

    public TimeSpan? Time(string key) => Read<TimeSpan?>(key, null, TimeOf);

    public Bytes? Size(string key) => Read<Bytes?>(key, null, (node, at) =>
    {
        if (node is ScalarNode { IsNothing: false } scalar
            && SizeUnits.FirstOrDefault(u => scalar.Text.EndsWith(u.Unit, StringComparison.Ordinal)) is var unit
            && TryNumber(scalar.Text[..^unit.Unit.Length].TrimEnd(), out var count) && count >= 0
            && count * unit.Bytes < long.MaxValue)
        {
            return new Bytes((long)(count * unit.Bytes));
        }

        return Refused<Bytes?>(node, at, "no size", "write a number with MiB, GiB, MB or GB", null);
    });

    public string? Text(string key) => Read<string?>(key, null, (node, at) => TextOf(node, at));

    /// <summary>One word or a list of them, with their places.</summary>
    public ImmutableArray<ScalarNode> Words(string key) => Take(key) is { } node ? WordsOf(node, At.Field(key)) : [];

    public static ImmutableArray<ScalarNode> WordsOf(DataNode node, FieldPath at)
    {
        DataNode[] items = node is ListNode list ? [.. list.Items] : [node];
        var words = ImmutableArray.CreateBuilder<ScalarNode>();
        foreach (var item in items)
        {
            if (item is ScalarNode { IsNothing: false } scalar)
            {
                words.Add(scalar);
            }
            else
            {
                at.Refuse(item.Place, $"is {item.Words}, not a name", "write a name, or a list of names");
            }
        }

        return words.ToImmutable();
    }

    public static string? TextOf(DataNode node, FieldPath at) => node is ScalarNode { IsNothing: false } scalar
        ? scalar.Text
        : Refused<string?>(node, at, "no text", "write a word", null);

    public static string? WordOf(DataNode node, FieldPath at, IReadOnlyCollection<string> words)
    {
        if (node is ScalarNode scalar && words.Contains(scalar.Text))
        {
            return scalar.Text;
        }

        at.Refuse(node.Place, $"is {node.Words}, which is not known here",
            NearestWord.Remedy((node as ScalarNode)?.Text ?? "", words));
        return null;
    }

    /// <summary>A time of 0 or more, in whole milliseconds.</summary>
    public static TimeSpan? TimeOf(DataNode node, FieldPath at)
    {
        if (node is ScalarNode { IsNothing: false } scalar
            && TimeUnits.FirstOrDefault(u => scalar.Text.EndsWith(u.Unit, StringComparison.Ordinal)) is
                { Unit: not null } unit
            && TryNumber(scalar.Text[..^unit.Unit.Length], out var count))
        {
            var milliseconds = Math.Round(count * unit.Milliseconds);
            return milliseconds is >= 0 and <= 3_600_000_000
                ? TimeSpan.FromMilliseconds(milliseconds)
                : Refused<TimeSpan?>(node, at, "out of bounds", "write a time from 0s to 1000h", null);
        }

        return Refused<TimeSpan?>(node, at, "no time", "write a number with ms, s, m or h", null);
    }

    private T Read<T>(string key, T otherwise, Func<DataNode, FieldPath, T> read) =>
        Take(key) is { } node ? read(node, At.Field(key)) : otherwise;

    private static bool TryNumber(string text, out double value) => double.TryParse(
        text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
        && double.IsFinite(value);

    private static T Refused<T>(DataNode node, FieldPath at, string what, string remedy, T otherwise)
    {
        at.Refuse(node.Place, $"is {node.Words}, {what}", remedy);
        return otherwise;
    }
}
