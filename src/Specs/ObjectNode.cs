using Havm.Model;

namespace Havm.Specs;

/// <summary>One object of an input: its envelope, and the way to what is inside.</summary>
internal sealed class ObjectNode
{
    private static readonly string[] Keys = ["apiVersion", "kind", "metadata", "spec", "status"];

    private readonly MapNode map;
    private readonly FieldPath at;
    private readonly SpecKind? kind;
    private readonly Dictionary<SpecKey, TextPlace> seen;

    private ObjectNode(MapNode map, string place, Problems problems, Dictionary<SpecKey, TextPlace> seen)
    {
        this.map = map;
        this.seen = seen;
        string? kindWord = Text(map, "kind");
        kind = kindWord is null ? null : SpecKinds.Find(kindWord);
        string? name = map.Find("metadata")?.Value is MapNode metadata ? Text(metadata, "name") : null;
        string subject = kind is null ? place : name is null ? $"{kind.Name} in {place}" : $"{kind.Name}/{name}";
        at = new FieldPath(problems, subject, "");
    }

    /// <summary>Every object that can be told apart at all; what cannot is in the problems.</summary>
    public static IEnumerable<ObjectNode> ReadAll(string text, Problems problems)
    {
        var whole = new FieldPath(problems, problems.Source, "");
        text = text.TrimStart('\ufeff');
        if (SpecParser.RefuseWhole(text) is { } refused)
        {
            whole.Refuse(refused.Place, refused.Reason, refused.Remedy);
            yield break;
        }

        var documents = DocumentSplitter.Split(text);
        if (documents.IsEmpty)
        {
            whole.Refuse(null, "holds no object", "write at least apiVersion, kind, metadata and spec");
        }

        var seen = new Dictionary<SpecKey, TextPlace>();
        foreach (DocumentText document in documents)
        {
            string place = documents.Length == 1 ? problems.Source : $"document {document.Number}";
            var at = new FieldPath(problems, place, "");
            DataNode? root = DocumentReader.Read(document, at);
            DataNode[] items = root switch { null => [], ListNode list => [.. list.Items], _ => [root] };
            foreach (DataNode item in items)
            {
                if (item is MapNode map)
                {
                    yield return new ObjectNode(map, place, problems, seen);
                }
                else
                {
                    at.Refuse(
                        item.Place, $"is {item.Words}, not an object", "write apiVersion, kind, metadata and spec");
                }
            }
        }
    }

    /// <summary>The whole object, or null when anything about it was refused.</summary>
    public SpecObject? ReadObject()
    {
        int before = at.Problems.Count;
        map.RefuseUnknown(at, Keys);
        map.RefuseRepeated(at);
        bool named = ReadEnvelope(out Metadata metadata);
        if (kind is null)
        {
            return null;
        }

        DataNode node = map.Find("spec")?.Value ?? new MapNode(map.Place, []);
        bool good = kind.Read(node, at.Field("spec"), out Spec spec);
        if (named && kind.CheckName(metadata.Name, good ? spec : null) is { } wrong)
        {
            TextPlace? place = (map.Find("metadata")?.Value as MapNode)?.Find("name")?.Value.Place;
            at.Field("metadata").Field("name").Refuse(place, wrong.Reason, wrong.Remedy);
        }

        return at.Problems.Count == before ? new SpecObject(metadata, spec) : null;
    }

    /// <summary>Kind and name, or null when either was refused.</summary>
    public SpecKey? ReadKey() =>
        ReadEnvelope(out Metadata metadata) && kind is not null ? new SpecKey(kind.Name, metadata.Name) : null;

    private bool ReadEnvelope(out Metadata metadata)
    {
        bool version = CheckWord("apiVersion", SpecParser.ApiVersion, [SpecParser.ApiVersion]);
        bool known = CheckWord("kind", kind?.Name, SpecKinds.Names);
        DataNode node = map.Find("metadata")?.Value ?? new MapNode(map.Place, []);
        bool named = MetadataShape.Shape.Read(node, at.Field("metadata"), out metadata);
        return named && known && version && CheckFirst(new SpecKey(kind!.Name, metadata.Name));
    }

    private bool CheckFirst(SpecKey key)
    {
        if (seen.TryAdd(key, map.Place))
        {
            return true;
        }

        at.Refuse(map.Place, $"stands twice, first in line {seen[key].Line}", "keep one of them, or rename one");
        return false;
    }

    private bool CheckWord(string field, string? wanted, IReadOnlyCollection<string> legal)
    {
        string all = string.Join(", ", legal);
        string word = legal.Count == 1 ? all : $"one of {all}";
        if (map.Find(field) is not { } entry)
        {
            at.Field(field).Refuse(map.Place, "is missing", $"add \"{field}:\" with {word}");
            return false;
        }

        if (wanted is not null && entry.Value is ScalarNode scalar && scalar.Text == wanted)
        {
            return true;
        }

        string written = (entry.Value as ScalarNode)?.Text ?? "";
        string remedy = legal.Count == 1 ? $"write {all}" : NearestWord.Remedy(written, legal);
        at.Field(field).Refuse(entry.Value.Place, $"is {entry.Value.Words}, which is not known", remedy);
        return false;
    }

    private static string? Text(MapNode map, string field) =>
        map.Find(field)?.Value is ScalarNode { IsNothing: false } scalar ? scalar.Shown : null;
}
