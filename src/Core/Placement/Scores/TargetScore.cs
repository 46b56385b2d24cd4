using Havm.Core.Records;

namespace Havm.Core.Placement.Scores;

/// <summary>
/// Sends an instance that is moved to where it was to go, and one that waited for its node to that, as long as it can
/// be taken there.
/// </summary>
public sealed class TargetScore : IScore
{
    public string Name => "target";

    public string Means =>
        "100 on the node to which it is moved or for which it waited; 100 everywhere for any other instance";

    public int Weight => 350;

    public double Of(Candidate node, Instance instance, PlacementView view) =>
        (instance.Move?.To ?? instance.Awaits?.Node) is { } target && target != node.Node.Name ? 0 : 100;
}
