using System.Collections.Immutable;

namespace Havm.Simulator.Faults;

/// <summary>One verb of the fault library: how it is written, drawn and made.</summary>
/// <param name="Verb">Its name in scenarios.</param>
/// <param name="Breaks">What really breaks, or is put right, and what everybody sees of it; for the reference.</param>
/// <param name="Make">The fault for fields that were read; with an each-field, once for each.</param>
/// <param name="Fields">The first may be written as the verb's own value.</param>
public sealed record FaultKind(
    string Verb, string Breaks, Func<FaultArguments, IFault> Make, params ImmutableArray<FaultField> Fields)
{
    /// <summary>What it takes of the product; null: nothing beyond what every version has.</summary>
    public string? Need { get; init; }

    /// <summary>The verb that puts it right; null: it ends by itself, or a plain power-on is enough.</summary>
    public string? EndedBy { get; init; }

    /// <summary>
    /// It may keep a well node from its lease without cutting all its networks: what the lease binds may end.
    /// </summary>
    public bool StarvesLeases { get; init; }

    /// <summary>Another form with these fields only; null: there is none.</summary>
    public ImmutableArray<FaultField>? Or { get; init; }

    /// <summary>The fault for each thing that the first field names, in the order written.</summary>
    public ImmutableArray<(string Name, IFault Fault)> Of(FaultValues values, IFaultNames names)
    {
        if (Fields is not [{ Type: FaultFieldType.EachNode or FaultFieldType.EachVm or FaultFieldType.EachRack } each,
            ..])
        {
            return [("", Make(new FaultArguments(values, names)))];
        }

        return
        [
            .. values.Words(each.Name).Select(one =>
                (one, Make(new FaultArguments(values.With(each.Name, one), names)))),
        ];
    }

    /// <summary>Draws values for every field, from one seeded source.</summary>
    /// <param name="random">The source; drawn from in the order of the fields.</param>
    /// <param name="nodes">The nodes there are, two at least, in one order.</param>
    /// <param name="vms">The VMs there are; a kind that hits VMs needs one.</param>
    /// <param name="racks">The racks there are.</param>
    public FaultValues Draw(
        Random random, IReadOnlyList<string> nodes, IReadOnlyList<string> vms, IReadOnlyList<string> racks)
    {
        var fields = Or is { } other && random.Next(3) == 0 ? other : Fields;
        var free = nodes.ToList();
        var values = FaultValues.None;
        foreach (var field in fields)
        {
            values = field.Type switch
            {
                FaultFieldType.EachNode => values.With(field.Name, nodes[random.Next(nodes.Count)]),
                FaultFieldType.EachVm => values.With(field.Name, vms[random.Next(vms.Count)]),
                FaultFieldType.EachRack => values.With(field.Name, racks[random.Next(racks.Count)]),
                FaultFieldType.Nodes => values.With(field.Name, Some(random, free)),
                FaultFieldType.Groups => values.WithGroups(field.Name, [Some(random, free), [.. free]]),
                FaultFieldType.Link => values.With(field.Name, Some(random, free)[..1]),
                FaultFieldType.Time => values.With(field.Name, FaultValues.Text(
                    TimeSpan.FromMilliseconds(Math.Round(Between(random, field) * 1000)))),
                FaultFieldType.Number => values.With(
                    field.Name, FaultValues.Text(Math.Round(Between(random, field), 3))),
                FaultFieldType.Count => values.With(
                    field.Name, FaultValues.Text(Math.Round(Between(random, field)))),
                FaultFieldType.Word => values.With(field.Name, field.Words[random.Next(field.Words.Length)]),
                _ => throw new InvalidOperationException($"no such type: {field.Type}"),
            };
        }

        return values;
    }

    /// <summary>Small values are drawn as often as large ones.</summary>
    private static double Between(Random random, FaultField field)
    {
        var share = random.NextDouble();
        return field.Least + ((field.Most - field.Least) * share * share);
    }

    /// <summary>Takes at least one of those that are free, and leaves at least one.</summary>
    private static ImmutableArray<string> Some(Random random, List<string> free)
    {
        var taken = ImmutableArray.CreateBuilder<string>();
        var count = 1 + random.Next(Math.Max(1, free.Count - 1));
        while (taken.Count < count)
        {
            var at = random.Next(free.Count);
            taken.Add(free[at]);
            free.RemoveAt(at);
        }

        return taken.ToImmutable();
    }
}
