using Havm.Core.Records;

namespace Havm.Core.Placement.Scores;

/// <summary>Prefers a node on which this instance did not just fail.</summary>
public sealed class FreshNodeScore : IScore
{
    public string Name => "freshNode";

    public string Means => "100, and 0 on the node on which the instance just failed";

    public int Weight => 400;

    public double Of(Candidate node, Instance instance, PlacementView view) =>
        instance.Failures.LastNode == node.Node.Name ? 0 : 100;
}
