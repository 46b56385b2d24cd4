using Havm.Specs;

namespace Havm.Simulator.Scenario.Reading;

/// <summary>
/// The names that a scenario has given so far; a word that is none of them is refused with its place.
/// </summary>
internal sealed class Names
{
    public SortedSet<string> Nodes { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> Vms { get; } = new(StringComparer.Ordinal);

    public SortedSet<string> Racks { get; } = new(StringComparer.Ordinal);

    public string? Rack(DataNode node, FieldPath at) => Find(node, at, "rack", Racks);

    public string? Node(DataNode node, FieldPath at) => Find(node, at, "node", Nodes);

    public string? Vm(DataNode node, FieldPath at) => Find(node, at, "VM", Vms);

    private static string? Find(DataNode node, FieldPath at, string what, SortedSet<string> known)
    {
        if (MapReader.TextOf(node, at) is not { } name)
        {
            return null;
        }

        if (known.Contains(name))
        {
            return name;
        }

        at.Refuse(node.Place, $"names {what} {node.Words}, which is not declared", NearestWord.Remedy(name, known));
        return null;
    }
}
