using Havm.Core.Records;

namespace Havm.Core.Placement.Filters;

/// <summary>A cordoned node takes no new seats.</summary>
public sealed class CordonFilter : IFilter
{
    public string Name => "cordon";

    public string? Refuses(Candidate node, Instance instance) => node.Node.Cordoned ? "is cordoned" : null;
}
