using Havm.Core.Records;

namespace Havm.Core.Placement.Filters;

/// <summary>Only a node that is heard takes seats.</summary>
public sealed class UpFilter : IFilter
{
    public string Name => "up";

    public bool Passes(Candidate node, Instance instance, PlacementView view) => node.Node.Phase == NodePhase.Up;

    public string Why(Candidate node, Instance instance, PlacementView view) => node.Node.Phase switch
    {
        NodePhase.Up => "is up",
        NodePhase.Unseen => "has never been heard",
        NodePhase.Lost => "is lost",
        NodePhase.Dead => "is off",
        NodePhase.DownByOrder => "is down by order",
    };
}
