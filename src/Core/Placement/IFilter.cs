using Havm.Core.Records;

namespace Havm.Core.Placement;

/// <summary>A hard rule. It lets a node pass, or refuses it with a sentence.</summary>
public interface IFilter
{
    string Name { get; }

    /// <summary>The rule itself, without words: it is asked for every node and every seat.</summary>
    bool Passes(Candidate node, Instance instance, PlacementView view);

    /// <summary>Why a node that does not pass is refused.</summary>
    string Why(Candidate node, Instance instance, PlacementView view);
}

/// <summary>
/// A soft wish: the higher the better, 0 to 100. Scores are summed with their weights; one whose weight is below the
/// smallest step of another decides only among nodes that are equal to that other.
/// </summary>
public interface IScore
{
    string Name { get; }

    /// <summary>What a value means, in one phrase for `explain`.</summary>
    string Means { get; }

    int Weight { get; }

    double Of(Candidate node, Instance instance, PlacementView view);
}
