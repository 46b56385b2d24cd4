using Havm.Core.Records;

namespace Havm.Core.Placement;

/// <summary>A hard rule. It refuses a node with a sentence, or lets it pass with null.</summary>
public interface IFilter
{
    string Name { get; }

    string? Refuses(Candidate node, Instance instance);
}

/// <summary>A soft wish: the higher the better, 0 to 100. Scores are summed with their weights.</summary>
public interface IScore
{
    string Name { get; }

    int Weight { get; }

    int Of(Candidate node, Instance instance, PlacementView view);
}
