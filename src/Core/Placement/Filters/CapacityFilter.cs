using Havm.Core.Records;

namespace Havm.Core.Placement.Filters;

/// <summary>What is given away never exceeds what the node has; memory is never overcommitted.</summary>
public sealed class CapacityFilter : IFilter
{
    public string Name => "capacity";

    public string? Refuses(Candidate node, Instance instance)
    {
        var memory = node.Spec.Memory - node.MemoryUsed;
        if (instance.Machine.Memory > memory)
        {
            return $"has {memory} of memory free, {instance.Machine.Memory} needed";
        }

        var cpus = node.Spec.Cpus - node.CpusUsed;
        return instance.Machine.Vcpus > cpus ? $"has {cpus} vCPUs free, {instance.Machine.Vcpus} needed" : null;
    }
}
