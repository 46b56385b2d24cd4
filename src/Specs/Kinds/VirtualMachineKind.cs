using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Specs;

/// <summary>One VM that keeps its disks.</summary>
internal static class VirtualMachineKind
{
    private static readonly Member<DiskSpec, string> DiskName = Member.Required<DiskSpec, string>(
        "name", TextType.Name, d => d.Name, "Unique within the machine.");

    private static readonly Member<DiskSpec, Bytes> DiskSize = Member.Required<DiskSpec, Bytes>(
        "size", new SizeType(Bytes.MiB(1), Bytes.GiB(64 << 10)), d => d.Size, "Virtual size.");

    private static readonly Member<DiskSpec, string> DiskStore = Member.Required<DiskSpec, string>(
        "datastore", TextType.Name, d => d.Datastore, "The Datastore it lies on.");

    private static readonly Member<DiskSpec, string> ExistingFile = Member.Maybe<DiskSpec, string>(
        "existingFile", TextType.DatastorePath, d => d.ExistingFile,
        "A file to use as it is; without it, an empty disk is made at the first start.");

    private static readonly Shape<DiskSpec> DiskShape = new(
        [DiskName, DiskSize, DiskStore, ExistingFile],
        v => new DiskSpec
        {
            Name = v.Get(DiskName),
            Size = v.Get(DiskSize),
            Datastore = v.Get(DiskStore),
            ExistingFile = v.Get(ExistingFile),
        });

    private static readonly ApplicationFields<GuestApplication> ApplicationFields = new(a => a);

    private static readonly Shape<GuestApplication> ApplicationShape = new(
        ApplicationFields.Members, v => ApplicationFields.Build(v) ?? new GuestApplication(), ApplicationFields.Rule);

    private static readonly TemplateFields<VirtualMachineSpec> Template = new(s => s.Template);

    private static readonly Member<VirtualMachineSpec, ImmutableArray<DiskSpec>> Disks =
        Member.Optional<VirtualMachineSpec, ImmutableArray<DiskSpec>>(
            "disks", new ListType<DiskSpec>(DiskShape, 16, Key: "name"), [], s => s.Disks,
            "Disks that stay with it for as long as it exists.");

    private static readonly Member<VirtualMachineSpec, bool> Running = Member.Optional(
        "running", FlagType.Instance, true, (VirtualMachineSpec s) => s.Wanted != WantedState.Stopped,
        "False keeps it stopped.");

    private static readonly Member<VirtualMachineSpec, bool> Unmanaged = Member.Optional(
        "unmanaged", FlagType.Instance, false, (VirtualMachineSpec s) => s.Wanted == WantedState.Unmanaged,
        "True leaves it to people: it is looked at, and never started, stopped, repaired or moved.");

    private static readonly Member<VirtualMachineSpec, string> FirstNode = Member.Maybe<VirtualMachineSpec, string>(
        "firstNode", TextType.Name, s => s.FirstNode?.Value,
        "The node of its first start, if that can take it then and the policy says `placement.atStart: last`.");

    private static readonly Member<VirtualMachineSpec, GuestApplication> Application =
        Member.Maybe<VirtualMachineSpec, GuestApplication>(
            "application", ApplicationShape, s => s.Template.Application, "What the guest agent runs and watches.");

    public static readonly SpecKind VirtualMachine = new SpecKind<VirtualMachineSpec>(
        "VirtualMachine",
        "One VM that keeps its disks.",
        new Shape<VirtualMachineSpec>(
            [.. Template.Size, Disks, .. Template.Rest, Running, Unmanaged, FirstNode, Application], Build,
            Template.DependsOnce, Template.WatchesSomething([Application], v => v.Get(Application) is not null),
            Template.RunsWhatItCan([Application], v => v.Get(Application) is not null),
            new Rule([Unmanaged, Running], CheckUnmanaged), new Rule([Disks], CheckDisks)));

    private static VirtualMachineSpec Build(Values v) => new()
    {
        Template = Template.Build(v, v.Get(Application)),
        Disks = v.Get(Disks),
        Wanted = v.Get(Unmanaged) ? WantedState.Unmanaged
            : v.Get(Running) ? WantedState.Running
            : WantedState.Stopped,
        FirstNode = v.Get(FirstNode) is { } first ? new NodeName(first) : null,
    };

    private static void CheckUnmanaged(Values values)
    {
        if (values.Get(Unmanaged) && !values.Get(Running))
        {
            values.Refuse("unmanaged", "stands beside running: false",
                "leave running out: an unmanaged machine is neither started nor stopped");
        }
    }

    private static void CheckDisks(Values values)
    {
        var shared = values.Get(Disks)
            .Where(disk => disk.ExistingFile is not null)
            .GroupBy(disk => (disk.Datastore, disk.ExistingFile))
            .FirstOrDefault(group => group.Count() > 1);
        if (shared is not null)
        {
            values.Refuse(
                "disks", $"use the file {shared.Key.ExistingFile} twice", "give each disk a file of its own");
        }
    }
}
