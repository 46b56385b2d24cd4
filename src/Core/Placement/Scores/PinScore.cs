using Havm.Core.Records;

namespace Havm.Core.Placement.Scores;

/// <summary>Prefers the nodes that the instance's pins prefer, by their weights.</summary>
public sealed class PinScore : IScore
{
    public string Name => "pin";

    public string Means =>
        "the node's weight in the pins of the instance, in percent of the highest; 100 everywhere without pins";

    public int Weight => 300;

    public double Of(Candidate node, Instance instance, PlacementView view) =>
        view.Rules.Preference(instance.Name, node.Node.Name);
}
