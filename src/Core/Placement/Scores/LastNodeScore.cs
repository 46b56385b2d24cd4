using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Placement.Scores;

/// <summary>Where the policy wants it so: among nodes that suit alike, prefers the one it sat on last.</summary>
public sealed class LastNodeScore : IScore
{
    public string Name => "lastNode";

    public string Means =>
        "100 on the node it sat on last; 100 everywhere unless the policy says atStart: last";

    public int Weight => 2;

    public double Of(Candidate node, Instance instance, PlacementView view) =>
        view.Policy.AtStart == StartPlace.Last && instance.LastNode is { } last && last != node.Node.Name ? 0 : 100;
}
