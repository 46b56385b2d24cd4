using System.Collections.Immutable;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Lifecycle;

/// <summary>Makes an instance from a plan: names resolved, address and update domain given for life.</summary>
internal static class InstanceFactory
{
    /// <summary>
    /// Null when a name it needs is not (or no longer) there, or no address is left; checked before at apply.
    /// </summary>
    public static Instance? Make(Cluster cluster, PlannedInstance plan, AddressPool pool, DomainCounter domains)
    {
        var nics = ImmutableArray.CreateBuilder<NicDefinition>();
        foreach (var (network, index) in plan.Template.Networks.Select((n, i) => (n, i)))
        {
            if (pool.Take(network, plan.Name, index) is not { } nic)
            {
                return null;
            }

            nics.Add(nic);
        }

        return Machine(cluster, plan, nics.ToImmutable(), null) is not { } machine ? null : new Instance
        {
            Name = plan.Name,
            Owner = plan.Owner,
            Role = plan.Role,
            Index = plan.Index,
            Machine = machine,
            AvailabilitySet = plan.Template.AvailabilitySet,
            UpdateDomain = domains.Next(plan.Template.AvailabilitySet),
            Priority = plan.Template.Priority,
            DependsOn = plan.Template.DependsOn,
            Retries = RetriesOf(cluster, plan),
            Recovery = plan.Template.Recovery ?? cluster.Policy.Recovery.Mode,
            Failback = plan.Template.Failback,
            Wanted = plan.Wanted,
            LastNode = plan.FirstNode,
        };
    }

    /// <summary>The instance as its spec now wants it, or null when nothing differs.</summary>
    public static Instance? Revise(Cluster cluster, Instance instance, PlannedInstance plan)
    {
        if (Machine(cluster, plan, instance.Machine.Nics, instance.Machine.Isolation) is not { } machine)
        {
            return null;
        }

        // A person's start or stop order stands until the spec itself is changed.
        var next = instance with
        {
            Machine = machine,
            AvailabilitySet = plan.Template.AvailabilitySet,
            Priority = plan.Template.Priority,
            DependsOn = plan.Template.DependsOn,
            Retries = RetriesOf(cluster, plan),
            Recovery = plan.Template.Recovery ?? cluster.Policy.Recovery.Mode,
            Failback = plan.Template.Failback,
            Leaving = false,
            Wanted = instance.Leaving ? plan.Wanted : instance.Wanted,
        };
        return MachineText.Same(next.Machine, instance.Machine)
            && next.AvailabilitySet == instance.AvailabilitySet
            && next.Priority == instance.Priority
            && next.DependsOn.SequenceEqual(instance.DependsOn)
            && next.Retries == instance.Retries
            && next.Recovery == instance.Recovery
            && next.Failback == instance.Failback
            && next.Wanted == instance.Wanted
            && next.Leaving == instance.Leaving ? null : next;
    }

    /// <param name="settled">
    /// The policy it already has: a default is chosen once, not again with every new node.
    /// </param>
    private static MachineDefinition? Machine(
        Cluster cluster, PlannedInstance plan, ImmutableArray<NicDefinition> nics, IsolationPolicy? settled)
    {
        if (cluster.Ledger.Find<ImageSpec>("Image", plan.Template.Image) is not { } image)
        {
            return null;
        }

        FileOnDatastore? File(string? path) => path is null ? null : new FileOnDatastore(image.Datastore, path);
        var healing = cluster.Policy.Healing;
        return new MachineDefinition
        {
            Instance = plan.Name,
            Vcpus = plan.Template.Vcpus,
            Memory = plan.Template.Memory,
            Boot = new BootSource
            {
                Kernel = File(image.Kernel),
                Initrd = File(image.Initrd),
                Arguments = image.Arguments,
            },
            Disks = Disks(plan, image),
            Nics = nics,
            Application = plan.Template.Application,
            GuestAgent = plan.Template.GuestAgent,
            Monitoring = plan.Template.Monitoring,
            DumpWithin = plan.Template.Evidence is { GuestDump: true } wishes ? wishes.DumpWithin : null,
            Isolation = plan.Template.Isolation ?? settled ?? DefaultIsolation.Of(cluster.Ledger, plan, image).Policy,
            Repair = new RepairLimits
            {
                Resets = healing.Resets,
                Window = healing.Window,
                HangWait = healing.HangWait,
                StorageWait = healing.StorageWait,
                ObserveOnly = cluster.Policy.Observe.Contains(AutomationRule.Repair),
                StartRetries = RetriesOf(cluster, plan).Here,
            },
        };
    }

    private static RetryPolicy RetriesOf(Cluster cluster, PlannedInstance plan) =>
        plan.Template.Retries ?? cluster.Policy.Recovery.Retries;

    private static ImmutableArray<DiskDefinition> Disks(PlannedInstance plan, ImageSpec image)
    {
        var disks = ImmutableArray.CreateBuilder<DiskDefinition>();
        if (image.Base is { } path)
        {
            disks.Add(new DiskDefinition
            {
                Name = "root",
                File = new FileOnDatastore(image.Datastore, $"instances/{plan.Name}/root.qcow2"),
                Life = plan.Role is null && image.Kernel is null ? DiskLife.Kept : DiskLife.Fresh,
                Base = new FileOnDatastore(image.Datastore, path),
            });
        }

        disks.AddRange(plan.Disks.Select(disk => new DiskDefinition
        {
            Name = disk.Name,
            File = new FileOnDatastore(disk.Datastore, disk.ExistingFile ?? $"instances/{plan.Name}/{disk.Name}.qcow2"),
            Life = DiskLife.Kept,
            Size = disk.Size,
        }));
        return disks.ToImmutable();
    }
}
