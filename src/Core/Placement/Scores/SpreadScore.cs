using Havm.Core.Records;

namespace Havm.Core.Placement.Scores;

/// <summary>
/// Prefers the fault domain that holds the fewest members of the availability set, then the node that does: losing one
/// rack shall cost as few as possible. Of quorum groups it prefers the one with the fewest votes of the others, and
/// before all one whose loss leaves them their majority. It outweighs every other wish but that of a node on which the
/// instance did not just fail.
/// </summary>
public sealed class SpreadScore : IScore
{
    /// <summary>What one member more in the rack, or on the node, than where there are fewest costs.</summary>
    private const int PerRackMember = 20;
    private const int PerNodeMember = 6;

    /// <summary>
    /// What a fellow's vote in the rack costs, up to <see cref="MostVotes"/> of them, and a lost majority.
    /// </summary>
    private const int PerVote = 10;
    private const int MostVotes = 5;
    private const int PerMajority = 50;

    public string Name => "spread";

    public string Means =>
        $"100 less {PerRackMember} for each member of its availability set more than in the emptiest rack, "
            + $"less {PerNodeMember} for each on the node; of a quorum group less {PerVote} for each vote of the "
            + $"others in the rack, and {PerMajority} where it would lose its majority with that rack";

    public int Weight => 200;

    public double Of(Candidate node, Instance instance, PlacementView view)
    {
        var (fellows, tooMany) = view.VotesIn(instance, node.Spec.Rack);
        var votes = 100 - (PerVote * Math.Min(fellows, MostVotes)) - (tooMany ? PerMajority : 0);
        return instance.AvailabilitySet is { } set ? Math.Min(votes, OfSet(set, node, view)) : votes;
    }

    private static double OfSet(string set, Candidate node, PlacementView view)
    {
        var excess = view.MembersIn(set, node.Spec.Rack) - view.FewestIn(set);
        return Math.Max(0, 100 - (PerRackMember * excess) - (PerNodeMember * view.MembersOn(set, node.Node.Name)));
    }
}
