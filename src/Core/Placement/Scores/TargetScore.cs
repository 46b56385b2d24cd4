using Havm.Core.Records;

namespace Havm.Core.Placement.Scores;

/// <summary>Sends an instance that is moved to where it was to go, as long as that node can take it.</summary>
public sealed class TargetScore : IScore
{
    public string Name => "target";

    public string Means => "100 on the node to which it is moved; 100 everywhere for one that is not moved";

    public int Weight => 350;

    public double Of(Candidate node, Instance instance, PlacementView view) =>
        instance.Move is { } move && move.To != node.Node.Name ? 0 : 100;
}
