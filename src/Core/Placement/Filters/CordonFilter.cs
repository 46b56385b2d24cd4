using Havm.Core.Records;

namespace Havm.Core.Placement.Filters;

/// <summary>A cordoned node takes no new seats.</summary>
public sealed class CordonFilter : IFilter
{
    public string Name => "cordon";

    public bool Passes(Candidate node, Instance instance, PlacementView view) => !node.Node.Cordoned;

    public string Why(Candidate node, Instance instance, PlacementView view) => "is cordoned";
}
