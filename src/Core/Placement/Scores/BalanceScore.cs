using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Placement.Scores;

/// <summary>
/// Prefers the node that would be loaded the least with the instance on it, so that load stays even. It decides among
/// nodes that every other wish holds for equal, and it is exact: no difference is too small for it.
/// </summary>
public sealed class BalanceScore : IScore
{
    public string Name => "balance";

    public string Means =>
        "100 / (1 + the load it would leave on the node): the mean of the shares of vCPUs and memory, by size or by "
            + "measured use, or the number of other instances, as Policy/default has it";

    public int Weight => 1;

    public double Of(Candidate node, Instance instance, PlacementView view) =>
        100 / (1 + view.Policy.Balance switch
        {
            PlacementBalance.Count => node.Instances,
            PlacementBalance.Reserved => Share(node, node.Taken + MachineUse.Reserved(instance.Machine)),
            PlacementBalance.Used => Share(node, node.Used + view.UseOf(instance)),
        });

    private static double Share(Candidate node, MachineUse load) =>
        (Of(load.MilliCpus, node.Capacity.MilliCpus) + Of(load.Memory.Value, node.Capacity.Memory.Value)) / 2;

    private static double Of(long part, long whole) => (double)Math.Max(0, part) / Math.Max(1, whole);
}
