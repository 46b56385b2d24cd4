using Havm.Core.Records;

namespace Havm.Core.Placement.Scores;

/// <summary>
/// Prefers the fault domain that holds the fewest members of the availability set, then the node that does: losing one
/// rack shall cost as few as possible. It outweighs every other wish but that of a node on which the instance did not
/// just fail.
/// </summary>
public sealed class SpreadScore : IScore
{
    /// <summary>What one member more in the rack, or on the node, than where there are fewest costs.</summary>
    private const int PerRackMember = 20;
    private const int PerNodeMember = 6;

    public string Name => "spread";

    public string Means =>
        $"100 less {PerRackMember} for each member of its availability set more than in the emptiest rack, "
            + $"less {PerNodeMember} for each on the node";

    public int Weight => 200;

    public double Of(Candidate node, Instance instance, PlacementView view)
    {
        if (instance.AvailabilitySet is not { } set)
        {
            return 100;
        }

        var excess = view.MembersIn(set, node.Spec.Rack) - view.FewestIn(set);
        return Math.Max(0, 100 - (PerRackMember * excess) - (PerNodeMember * view.MembersOn(set, node.Node.Name)));
    }
}
