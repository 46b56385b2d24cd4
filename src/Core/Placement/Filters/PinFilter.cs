using Havm.Core.Records;

namespace Havm.Core.Placement.Filters;

/// <summary>A hard pin lets an instance start on its nodes alone.</summary>
public sealed class PinFilter : IFilter
{
    public string Name => "pin";

    public bool Passes(Candidate node, Instance instance, PlacementView view) =>
        view.Rules.PinAgainst(instance.Name, node.Node.Name) is null;

    public string Why(Candidate node, Instance instance, PlacementView view) =>
        $"is not among the nodes of PlacementRule/{view.Rules.PinAgainst(instance.Name, node.Node.Name)}";
}
