using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Havm.Specs;

/// <summary>
/// Reads one document into nodes that remember where they stood. Everything is bounded: depth, and through it the
/// cost of aliases, which are shared and never copied.
/// </summary>
internal sealed class DocumentReader
{
    /// <summary>Far more than any spec needs; deeper input is a mistake or an attack.</summary>
    public const int MaxDepth = 32;

    private readonly Parser parser;
    private readonly DocumentText document;
    private readonly FieldPath at;
    private readonly Dictionary<string, DataNode> anchors = [];

    private DocumentReader(DocumentText document, FieldPath at)
    {
        this.document = document;
        this.at = at;
        parser = new Parser(new StringReader(WithoutJsonTabs(document.Text)));
    }

    /// <summary>The document's root, or null when it cannot be read; then the reason is in the problems.</summary>
    public static DataNode? Read(DocumentText document, FieldPath at)
    {
        var reader = new DocumentReader(document, at);
        try
        {
            reader.parser.Consume<StreamStart>();
            reader.parser.Consume<DocumentStart>();
            DataNode root = reader.ReadNode(0);
            reader.parser.Consume<DocumentEnd>();
            reader.parser.Consume<StreamEnd>();
            return root;
        }
        catch (TooDeepException e)
        {
            at.Refuse(
                e.Place, $"is nested deeper than {MaxDepth} levels", "no spec is that deep: check the indentation");
            return null;
        }
        catch (YamlException e)
        {
            SyntaxProblem.Report(e, document, at);
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException)
        {
            // On some broken texts the library stumbles over itself instead of saying what is wrong.
            Mark last = reader.parser.Current?.End ?? Mark.Empty;
            SyntaxProblem.Report(new YamlException(last, last, "the text breaks off its own structure"), document, at);
            return null;
        }
    }

    private DataNode ReadNode(int depth)
    {
        TextPlace place = Place(parser.Current!.Start);
        if (depth > MaxDepth)
        {
            throw new TooDeepException(place);
        }

        if (parser.TryConsume<AnchorAlias>(out AnchorAlias? alias))
        {
            return anchors.TryGetValue(alias.Value.Value, out DataNode? known)
                ? known
                : throw new YamlException(alias.Start, alias.End, $"no anchor &{alias.Value} stands before its use");
        }

        AnchorName anchor = (parser.Current as NodeEvent)?.Anchor ?? AnchorName.Empty;
        DataNode node = parser.TryConsume<Scalar>(out Scalar? scalar)
            ? new ScalarNode(place, scalar.Value, scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any))
            : parser.Accept<SequenceStart>(out _) ? ReadList(place, depth) : ReadMap(place, depth);
        if (!anchor.IsEmpty)
        {
            anchors[anchor.Value] = node;
        }

        return node;
    }

    private ListNode ReadList(TextPlace place, int depth)
    {
        parser.Consume<SequenceStart>();
        var items = ImmutableArray.CreateBuilder<DataNode>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadNode(depth + 1));
        }

        return new ListNode(place, items.ToImmutable());
    }

    private MapNode ReadMap(TextPlace place, int depth)
    {
        parser.Consume<MappingStart>();
        var entries = new List<MapEntry>();
        var merged = new List<MapEntry>();
        var repeated = ImmutableArray.CreateBuilder<MapEntry>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            DataNode key = ReadNode(depth + 1);
            DataNode value = ReadNode(depth + 1);
            if (key is not ScalarNode { Text: var name } scalar)
            {
                at.Refuse(key.Place, $"{key.Words} stands where a key belongs", "write \"key: value\"");
            }
            else if (name == "<<" && !scalar.Quoted)
            {
                merged.AddRange(Merged(value));
            }
            else if (entries.Exists(entry => entry.Key == name))
            {
                repeated.Add(new MapEntry(name, key.Place, value));
            }
            else
            {
                entries.Add(new MapEntry(name, key.Place, value));
            }
        }

        // Keys written out win over merged ones, and the first merged mapping over later ones.
        entries.AddRange(merged.DistinctBy(m => m.Key).Where(m => !entries.Exists(entry => entry.Key == m.Key)));
        return new MapNode(place, [.. entries]) { Repeated = repeated.ToImmutable() };
    }

    private IEnumerable<MapEntry> Merged(DataNode value)
    {
        switch (value)
        {
            case MapNode map:
                return map.Entries;
            case ListNode list when list.Items.All(item => item is MapNode):
                return list.Items.Cast<MapNode>().SelectMany(map => map.Entries);
            default:
                at.Refuse(value.Place, $"\"<<\" merges {value.Words}", "merge a mapping: \"<<: *anchor\"");
                return [];
        }
    }

    private TextPlace Place(Mark mark) =>
        new(document.FirstLine + (int)mark.Line - 1, (int)mark.Column);

    /// <summary>
    /// JSON may be indented with tabs and YAML may not; JSON has no raw tab inside a text, so spaces mean the same and
    /// keep every column.
    /// </summary>
    private static string WithoutJsonTabs(string text) =>
        text.AsSpan().TrimStart() is ['{' or '[', ..] ? text.Replace('\t', ' ') : text;

    private sealed class TooDeepException(TextPlace place) : Exception
    {
        public TextPlace Place => place;
    }
}
