using Havm.Core.Records;

namespace Havm.Core.Placement.Filters;

/// <summary>
/// A node on which an instance could not be started is left out of its tries until the next round of them.
/// </summary>
public sealed class TriedFilter : IFilter
{
    public string Name => "tried";

    public bool Passes(Candidate node, Instance instance, PlacementView view) =>
        !instance.Failures.Tried.Contains(node.Node.Name);

    public string Why(Candidate node, Instance instance, PlacementView view) => instance.Failures.GivenUp is null
        ? $"{instance.Name} could not be started there"
        : $"{instance.Name} is failed: it could not be started there, or might have been tried there";
}
