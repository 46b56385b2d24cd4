using System.Text;
using Havm.Simulator.Faults;

namespace Havm.Simulator.Tests.Faults;

/// <summary>The page of all faults, from what their kinds declare.</summary>
internal static class FaultReference
{
    public static string Text()
    {
        var page = new StringBuilder("""
            # Faults in scenarios

            Every fault that `havm simulate` can do to a cluster; made from the code. A fault is a verb of a step's
            `do`. Its first field may be the verb's own value, with the others beside it, or all stand in a mapping:
            `{stall: node1, for: 4s}` is `{stall: {node: node1, for: 4s}}`. Faults compose; each lasts until it is
            undone.


            """);
        foreach (var kind in FaultCatalogue.All)
        {
            page.Append($"## `{kind.Verb}`\n{kind.Breaks}");
            page.Append(kind.EndedBy is { } end ? $" Undone by `{end}`.\n\n" : "\n\n");
            foreach (var field in kind.Fields)
            {
                page.Append(Line(field));
            }

            if (kind.Or is { } other)
            {
                page.Append("\nor\n\n");
                foreach (var field in other)
                {
                    page.Append(Line(field));
                }
            }

            page.Append('\n');
        }

        return page.ToString().TrimEnd('\n') + "\n";
    }

    private static string Line(FaultField field) => $"- `{field.Name}`: {field.Meaning}{Bounds(field)}\n";

    private static string Bounds(FaultField field) => field.Type switch
    {
        FaultFieldType.Time => $"; {FaultValues.Text(field.Least)} s to {FaultValues.Text(field.Most)} s",
        FaultFieldType.Number or FaultFieldType.Count =>
            $"; {FaultValues.Text(field.Least)} to {FaultValues.Text(field.Most)}",
        FaultFieldType.Word when field.Words.Length > 1 =>
            $": {string.Join(", ", field.Words.Select(word => $"`{word}`"))}; `{field.Otherwise}` when left out",
        FaultFieldType.Word => $": `{field.Words[0]}`",
        _ => "",
    };
}
