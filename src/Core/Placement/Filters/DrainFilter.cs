using Havm.Core.Records;

namespace Havm.Core.Placement.Filters;

/// <summary>A node in maintenance, or on its way out, takes no new seats.</summary>
public sealed class DrainFilter : IFilter
{
    public string Name => "drain";

    public bool Passes(Candidate node, Instance instance, PlacementView view) => node.Node.Drain is null;

    public string Why(Candidate node, Instance instance, PlacementView view) =>
        node.Node.Drain is { Cause: DrainCause.Departure } ? "announced that it goes" : "is in maintenance";
}
