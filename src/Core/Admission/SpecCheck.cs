using System.Collections.Immutable;
using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Admission;

/// <summary>
/// What is wrong with a set of objects in the cluster they are meant for: names that lead nowhere, and wishes that no
/// node could ever hold. All errors at once; nothing is applied while there is one.
/// </summary>
public static class SpecCheck
{
    public static ImmutableArray<SpecError> Check(Ledger after, ImmutableArray<SpecObject> submitted) =>
        [.. submitted.SelectMany(item => Check(after, item))];

    private static IEnumerable<SpecError> Check(Ledger after, SpecObject item) => item.Spec switch
    {
        VirtualMachineSpec vm => Template(after, item.Key, "spec", vm.Template).Concat(Disks(after, item.Key, vm)).Concat(Names(after, item)),
        ServiceSpec service => service.Roles
            .SelectMany((role, i) => Template(after, item.Key, $"spec.roles[{i}]", role.Template))
            .Concat(Names(after, item)),
        NodeSpec node => Node(after, item.Key, node),
        AvailabilitySetSpec set => Set(after, item.Key, set),
        ImageSpec image => Missing<DatastoreSpec>(after, item.Key, "spec.datastore", "Datastore", image.Datastore),
        _ => [],
    };

    private static IEnumerable<SpecError> Template(Ledger after, SpecKey key, string path, InstanceTemplate template)
    {
        foreach (var error in Missing<ImageSpec>(after, key, $"{path}.image", "Image", template.Image))
        {
            yield return error;
        }

        foreach (var (network, i) in template.Networks.Select((n, i) => (n, i)))
        {
            foreach (var error in Missing<NetworkSpec>(after, key, $"{path}.networks[{i}]", "Network", network))
            {
                yield return error;
            }
        }

        if (template.AvailabilitySet is { } set)
        {
            foreach (var error in Missing<AvailabilitySetSpec>(after, key, $"{path}.availabilitySet", "AvailabilitySet", set))
            {
                yield return error;
            }
        }

        var nodes = after.All<NodeSpec>().ToList();
        if (nodes.Count > 0 && !nodes.Any(n => n.Spec.Memory >= template.Memory && n.Spec.Cpus >= template.Vcpus))
        {
            var largest = nodes.MaxBy(n => n.Spec.Memory.Value);
            yield return new SpecError(key.ToString(), path,
                $"{template.Vcpus} vCPUs with {template.Memory} fit on no node, not even an empty one; the largest, {largest.Name}, has {largest.Spec.Cpus} vCPUs and {largest.Spec.Memory}",
                "make it smaller, or apply a larger Node first");
        }
    }

    private static IEnumerable<SpecError> Disks(Ledger after, SpecKey key, VirtualMachineSpec vm)
    {
        foreach (var (disk, i) in vm.Disks.Select((d, i) => (d, i)))
        {
            foreach (var error in Missing<DatastoreSpec>(after, key, $"spec.disks[{i}].datastore", "Datastore", disk.Datastore))
            {
                yield return error;
            }

            var owner = disk.ExistingFile is not { } file ? null : after.All<VirtualMachineSpec>().FirstOrDefault(other =>
                other.Name != key.Name && other.Spec.Disks.Any(d => d.Datastore == disk.Datastore && d.ExistingFile == file)).Name;
            if (owner is not null)
            {
                yield return new SpecError(key.ToString(), $"spec.disks[{i}].existingFile",
                    $"{disk.ExistingFile} on {disk.Datastore} is already a disk of VirtualMachine/{owner}", "give each VirtualMachine a file of its own");
            }
        }
    }

    /// <summary>Two objects may not ask for the same instance name.</summary>
    private static IEnumerable<SpecError> Names(Ledger after, SpecObject item)
    {
        var mine = InstancePlan.Of(item).ToList();
        foreach (var plan in mine.Where(p => !NameRules.IsLegal(p.Name.Value)))
        {
            yield return new SpecError(item.Key.ToString(), "metadata.name",
                $"instance name {plan.Name} would be longer than {NameRules.MaxLength} characters", "choose shorter names for service and role");
        }

        var others = after.Specs.Values.Where(o => o.Key != item.Key).SelectMany(InstancePlan.Of).ToDictionary(p => p.Name, p => p.Owner);
        foreach (var plan in mine)
        {
            if (others.TryGetValue(plan.Name, out var owner))
            {
                yield return new SpecError(item.Key.ToString(), "metadata.name", $"instance {plan.Name} already belongs to {owner}", "choose another name");
            }
        }
    }

    private static IEnumerable<SpecError> Node(Ledger after, SpecKey key, NodeSpec node)
    {
        foreach (var error in Missing<RackSpec>(after, key, "spec.rack", "Rack", node.Rack.Value))
        {
            yield return error;
        }

        if (node.Bmc is { } bmc)
        {
            var twin = after.All<NodeSpec>().FirstOrDefault(o =>
                o.Name != key.Name && string.Equals(o.Spec.Bmc?.Uuid, bmc.Uuid, StringComparison.OrdinalIgnoreCase)).Name;
            if (twin is not null)
            {
                yield return new SpecError(key.ToString(), "spec.bmc.uuid", $"{bmc.Uuid} is also Node/{twin}'s: fencing one would switch off the other",
                    "read the UUID of this very machine from its BMC");
            }
        }
    }

    private static IEnumerable<SpecError> Set(Ledger after, SpecKey key, AvailabilitySetSpec set)
    {
        var racks = after.All<RackSpec>().Count();
        if (racks > 0 && set.FaultDomains > racks)
        {
            yield return new SpecError(key.ToString(), "spec.faultDomains", $"{set.FaultDomains} asked for, and the cluster has {racks} rack(s)",
                $"write {racks} or less, or apply more racks");
        }
    }

    private static IEnumerable<SpecError> Missing<T>(Ledger after, SpecKey key, string field, string kind, string name) where T : Spec
    {
        if (after.Find<T>(kind, name) is null)
        {
            yield return new SpecError(key.ToString(), field, $"{kind}/{name} does not exist", $"apply it first, or name one that `havm get {kind}` lists");
        }
    }
}
