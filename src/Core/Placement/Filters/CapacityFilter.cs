using Havm.Core.Records;

namespace Havm.Core.Placement.Filters;

/// <summary>What is given away never exceeds what the node has; memory is never overcommitted.</summary>
public sealed class CapacityFilter : IFilter
{
    public string Name => "capacity";

    public bool Passes(Candidate node, Instance instance, PlacementView view) =>
        instance.Machine.Memory <= node.MemoryFree && instance.Machine.Vcpus <= node.CpusFree;

    public string Why(Candidate node, Instance instance, PlacementView view) =>
        instance.Machine.Memory > node.MemoryFree
            ? $"has {node.MemoryFree} of memory free, {instance.Machine.Memory} needed"
            : $"has {node.CpusFree} vCPUs free, {instance.Machine.Vcpus} needed";
}
