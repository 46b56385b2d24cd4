using Havm.Core.Records;

namespace Havm.Core.Placement.Filters;

/// <summary>Only a node that is heard takes seats.</summary>
public sealed class UpFilter : IFilter
{
    public string Name => "up";

    public string? Refuses(Candidate node, Instance instance) => node.Node.Phase switch
    {
        NodePhase.Up => null,
        NodePhase.Unseen => "has never been heard",
        NodePhase.Lost => "is lost",
        NodePhase.Dead => "is off",
        NodePhase.DownByOrder => "is down by order",
    };
}
