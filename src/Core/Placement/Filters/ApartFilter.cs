using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Placement.Filters;

/// <summary>
/// What is to be apart never shares a node, also not with one that is not proven dead there: it may run still.
/// </summary>
public sealed class ApartFilter : IFilter
{
    public string Name => "apart";

    public bool Passes(Candidate node, Instance instance, PlacementView view) =>
        RivalOn(node, instance.Name, view) is null;

    public string Why(Candidate node, Instance instance, PlacementView view) => RivalOn(node, instance.Name, view)!;

    /// <summary>Which rival keeps it away, in words; null: none.</summary>
    public static string? RivalOn(Candidate node, InstanceName instance, PlacementView view)
    {
        foreach (var (rival, rule) in view.Rules.RivalsOf(instance))
        {
            if (view.MayRunOn(rival, node.Node.Name))
            {
                return $"{rival} sits there, and PlacementRule/{rule} keeps them apart";
            }
        }

        return null;
    }
}
