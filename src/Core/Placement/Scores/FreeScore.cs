using Havm.Core.Records;

namespace Havm.Core.Placement.Scores;

/// <summary>Prefers the node with the larger share of memory free, so that load stays even.</summary>
public sealed class FreeScore : IScore
{
    public string Name => "free";

    public string Means => "the share of its memory that is not given away, in percent";

    public int Weight => 10;

    public int Of(Candidate node, Instance instance, PlacementView view) =>
        node.Spec.Memory.Value == 0 ? 0 : (int)(100 * Math.Max(0, node.MemoryFree.Value) / node.Spec.Memory.Value);
}
