using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Havm.Specs;

/// <summary>Several of one type, in order.</summary>
/// <param name="Item">The type of each.</param>
/// <param name="Max">How many at most.</param>
/// <param name="Min">How many at least.</param>
/// <param name="Key">The field of an item that must differ between any two; "": the item itself; null: nothing.</param>
internal sealed record ListType<T>(IFieldType<T> Item, int Max, int Min = 0, string? Key = null)
    : IFieldType<ImmutableArray<T>>
{
    public string Words => $"list of {Min} to {Max}: {Item.Words}";

    public IEnumerable<IMember> Inner => Item.Inner;

    public bool Read(DataNode node, FieldPath at, out ImmutableArray<T> value)
    {
        if (node is not ListNode list)
        {
            string remedy = node is ScalarNode { IsNothing: false } scalar && Item is TextType
                ? $"write [\"{scalar.Shown}\"]"
                : "write a list: one line per item, each beginning with \"- \"";
            return at.No(node, $"is {node.Words}, not a list", remedy, out value);
        }

        if (list.Items.Length > Max || list.Items.Length < Min)
        {
            string side = list.Items.Length > Max ? $"more than {Max}" : $"less than {Min}";
            return at.No(node, $"has {list.Items.Length} items, {side}", $"write {Min} to {Max} items", out value);
        }

        var items = ImmutableArray.CreateBuilder<T>();
        bool good = RefuseTwins(list, at);
        for (int i = 0; i < list.Items.Length; i++)
        {
            good &= Item.Read(list.Items[i], at.Item(i), out T item);
            items.Add(item);
        }

        value = items.ToImmutable();
        return good;
    }

    /// <summary>
    /// Looks at what was written, so that twins are found even where the items have errors of their own.
    /// </summary>
    private bool RefuseTwins(ListNode list, FieldPath at)
    {
        var seen = new Dictionary<string, int>();
        bool good = true;
        for (int i = 0; i < list.Items.Length && Key is not null; i++)
        {
            DataNode? keyed = Key.Length == 0 ? list.Items[i] : (list.Items[i] as MapNode)?.Find(Key)?.Value;
            if (keyed is ScalarNode { IsNothing: false } scalar && !seen.TryAdd(scalar.Text, i))
            {
                FieldPath twin = Key.Length == 0 ? at.Item(i) : at.Item(i).Field(Key);
                string reason = $"\"{scalar.Shown}\" stands twice, first in item {seen[scalar.Text]}";
                twin.Refuse(keyed.Place, reason, Key.Length == 0
                    ? "keep one of them"
                    : $"give each a {Key} of its own");
                good = false;
            }
        }

        return good;
    }

    public JsonNode Write(ImmutableArray<T> value) => new JsonArray([.. value.Select(Item.Write)]);

    public JsonObject Schema()
    {
        var schema = new JsonObject { ["type"] = "array", ["maxItems"] = Max, ["items"] = Item.Schema() };
        if (Min > 0)
        {
            schema["minItems"] = Min;
        }

        return schema;
    }
}
