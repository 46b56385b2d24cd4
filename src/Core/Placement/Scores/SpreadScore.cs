using Havm.Core.Records;

namespace Havm.Core.Placement.Scores;

/// <summary>
/// Prefers the fault domain that holds the fewest members of the availability set, then the node that does: losing one
/// rack shall cost as few as possible.
/// </summary>
public sealed class SpreadScore : IScore
{
    public string Name => "spread";

    public int Weight => 100;

    public int Of(Candidate node, Instance instance, PlacementView view) => instance.AvailabilitySet is { } set
        ? 100 / (1 + (2 * view.MembersIn(set, node.Spec.Rack)) + view.MembersOn(set, node.Node.Name))
        : 100;
}
