using System.Collections.Immutable;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Lifecycle;

/// <summary>One instance that a spec asks for.</summary>
public sealed record PlannedInstance(
    InstanceName Name, SpecKey Owner, string? Role, int Index, InstanceTemplate Template,
    ImmutableArray<DiskSpec> Disks, WantedState Wanted, NodeName? FirstNode = null);

/// <summary>Which instances the specs ask for, by name: SERVICE-ROLE-INDEX, or the VirtualMachine's own.</summary>
public static class InstancePlan
{
    public static IReadOnlyDictionary<InstanceName, PlannedInstance> Of(Ledger ledger)
    {
        var plans = new SortedDictionary<InstanceName, PlannedInstance>();
        foreach (var item in ledger.Specs.Values)
        {
            foreach (var plan in Of(item))
            {
                plans[plan.Name] = plan;
            }
        }

        return plans;
    }

    /// <summary>The instances one object asks for.</summary>
    public static IEnumerable<PlannedInstance> Of(SpecObject item) => item.Spec switch
    {
        VirtualMachineSpec vm =>
            [new(new InstanceName(item.Metadata.Name), item.Key, null, 0, vm.Template, vm.Disks, vm.Wanted,
                vm.FirstNode)],
        ServiceSpec service => service.Roles.SelectMany(role => Enumerable.Range(0, role.Instances).Select(index =>
            new PlannedInstance(
                new InstanceName($"{item.Metadata.Name}-{role.Name}-{index}"),
                item.Key, role.Name, index, role.Template, [], WantedState.Running))),
        _ => [],
    };
}
