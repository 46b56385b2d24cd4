using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Havm.Specs;

/// <summary>Several of one type, in order.</summary>
/// <param name="Item">The type of each.</param>
/// <param name="Max">How many at most.</param>
/// <param name="Key">What must differ between any two, told by its field's name; null: nothing.</param>
/// <param name="Min">How many at least.</param>
internal sealed record ListType<T>(
    IFieldType<T> Item, int Max, Func<T, string>? Key = null, string KeyField = "", int Min = 0)
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
        var seen = new Dictionary<string, int>();
        bool good = true;
        for (int i = 0; i < list.Items.Length; i++)
        {
            good &= Item.Read(list.Items[i], at.Item(i), out T item);
            items.Add(item);
            if (good && Key is not null && !seen.TryAdd(Key(item), i))
            {
                string reason = $"\"{Key(item)}\" stands twice, first as item {seen[Key(item)]}";
                FieldPath twin = KeyField.Length == 0 ? at.Item(i) : at.Item(i).Field(KeyField);
                TextPlace place = (list.Items[i] as MapNode)?.Find(KeyField)?.Place ?? list.Items[i].Place;
                twin.Refuse(place, reason, "give each a name of its own");
                good = false;
            }
        }

        value = items.ToImmutable();
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
