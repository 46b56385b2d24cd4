using Havm.Model;

namespace Havm.Core.Guards;

/// <summary>
/// When too many nodes fall silent at once we suspect ourselves: verdicts from silence are held while over half of all
/// nodes, or over a third in two or more fault domains (at least 2 nodes), are silent. Nodes proven off never count.
/// </summary>
public sealed class PartitionGuard : IGuard
{
    public string ReleasedBy =>
        "enough of the silent nodes speaking again, being switched off, or confirmed dead by an operator";

    public Reason? Holds(Cluster cluster, Census census, Proposal proposal, Instant now)
    {
        if (proposal.Judges is null)
        {
            return null;
        }

        var half = census.Silent * 2 > census.Nodes;
        var third = census.Silent * 3 > census.Nodes && census.Racks >= 2;
        return census.Silent >= 2 && (half || third)
            ? new Reason("guards", "partitionGuard",
                $"{census.Silent} of {census.Nodes} nodes in {Count.Of(census.Racks, "rack")} are silent at once: "
                    + "this controller may be the one that is cut off; "
                    + "nothing is concluded from silence until fewer are")
            : null;
    }
}
