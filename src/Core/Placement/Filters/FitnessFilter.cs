using Havm.Core.NodeLife;
using Havm.Core.Records;

namespace Havm.Core.Placement.Filters;

/// <summary>
/// A node in quarantine, out for repair or retired takes no new seats; one in probation only those that no fit node
/// can take, and those that have waited for it, unless its diagnosis has failed.
/// </summary>
public sealed class FitnessFilter : IFilter
{
    public string Name => "fitness";

    public bool Passes(Candidate node, Instance instance, PlacementView view) =>
        node.Node.Fitness is not { } note
        || (note.Is == NodeFitness.Probation && !DiagnosisRule.HasFailed(node.Node)
            && (view.LastResort || instance.Awaits?.Node == node.Node.Name));

    public string Why(Candidate node, Instance instance, PlacementView view) => node.Node.Fitness is { } note
        ? $"is {FitnessRule.Place(note.Is)}, {FitnessRule.Release(node.Node, note)}: {note.Why.Message}"
            + (note.Is == NodeFitness.Probation ? "; it takes what no fit node can" : "")
        : "is fit";
}
