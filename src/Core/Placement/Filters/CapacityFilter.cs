using Havm.Core.Records;

namespace Havm.Core.Placement.Filters;

/// <summary>
/// What is given away never exceeds what the node has, unless Policy/default overcommits: vCPUs by a factor, or all.
/// </summary>
public sealed class CapacityFilter : IFilter
{
    public string Name => "capacity";

    public bool Passes(Candidate node, Instance instance, PlacementView view) =>
        !node.IsTooSmallFor(instance.Machine.Vcpus, instance.Machine.Memory);

    public string Why(Candidate node, Instance instance, PlacementView view) =>
        instance.Machine.Memory > node.MemoryFree
            ? $"has {node.MemoryFree} of memory free, {instance.Machine.Memory} needed"
            : $"has {node.CpusFree} vCPUs free, {instance.Machine.Vcpus} needed";
}
