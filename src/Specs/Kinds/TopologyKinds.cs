using Havm.Model;

namespace Havm.Specs;

/// <summary>The small kinds: rack, datastore, image and availability set.</summary>
internal static class TopologyKinds
{
    public static readonly SpecKind Rack = new SpecKind<RackSpec>(
        "Rack",
        "A fault domain: its nodes share a top-of-rack switch and power.",
        new Shape<RackSpec>([], _ => new RackSpec()));

    private static readonly Member<DatastoreSpec, bool> Enforcing = Member.Optional(
        "enforcing", FlagType.Instance, false, (DatastoreSpec s) => s.Enforcing,
        "True when the storage itself refuses later writes of a fenced node. Instances on it then default to isolation "
            + "leaveRunning. By itself it is no proof of death: a method of a Node's `fencing` that names it is.");

    public static readonly SpecKind Datastore = new SpecKind<DatastoreSpec>(
        "Datastore",
        "Storage that every node reaches under the same paths.",
        new Shape<DatastoreSpec>([Enforcing], v => new DatastoreSpec { Enforcing = v.Get(Enforcing) }));

    private static readonly Member<AvailabilitySetSpec, int> FaultDomains = Member.Optional(
        "faultDomains", new IntegerType(1, 1000), 2, (AvailabilitySetSpec s) => s.FaultDomains,
        "Racks to spread over, at most as many as there are: so many of them may fail but one.");

    private static readonly Member<AvailabilitySetSpec, int> UpdateDomains = Member.Optional(
        "updateDomains", new IntegerType(1, 20), 5, (AvailabilitySetSpec s) => s.UpdateDomains,
        "Groups that are updated one after the other.");

    public static readonly SpecKind AvailabilitySet = new SpecKind<AvailabilitySetSpec>(
        "AvailabilitySet",
        "Instances spread over fault and update domains, so that one failure or one update step costs one of them.",
        new Shape<AvailabilitySetSpec>(
            [FaultDomains, UpdateDomains],
            v => new AvailabilitySetSpec { FaultDomains = v.Get(FaultDomains), UpdateDomains = v.Get(UpdateDomains) }));

    private static readonly Member<ImageSpec, string> ImageDatastore = Member.Required<ImageSpec, string>(
        "datastore", TextType.Name, s => s.Datastore, "The Datastore that holds the files.");

    private static readonly Member<ImageSpec, string> Kernel = Member.Maybe<ImageSpec, string>(
        "kernel", TextType.DatastorePath, s => s.Kernel, "Linux kernel to boot directly; needs an initrd.");

    private static readonly Member<ImageSpec, string> Initrd = Member.Maybe<ImageSpec, string>(
        "initrd", TextType.DatastorePath, s => s.Initrd, "Initial RAM disk of the kernel.");

    private static readonly Member<ImageSpec, string> Base = Member.Maybe<ImageSpec, string>(
        "base", TextType.DatastorePath, s => s.Base,
        "A qcow2 file that each instance overlays; without a kernel it boots through the firmware.");

    private static readonly Member<ImageSpec, string> Arguments = Member.Optional(
        "arguments", new TextType("text", 1024, @"^[^\x00-\x1f]*$", "one line"), "", (ImageSpec s) => s.Arguments,
        "Further kernel arguments.");

    public static readonly SpecKind Image = new SpecKind<ImageSpec>(
        "Image",
        "A known-good system image: kernel and initrd, a disk, or both.",
        new Shape<ImageSpec>([ImageDatastore, Kernel, Initrd, Base, Arguments], BuildImage,
            new Rule([], CheckParts), new Rule([Arguments], CheckArguments)));

    private static ImageSpec BuildImage(Values v) => new()
    {
        Datastore = v.Get(ImageDatastore),
        Kernel = v.Get(Kernel),
        Initrd = v.Get(Initrd),
        Base = v.Get(Base),
        Arguments = v.Get(Arguments),
    };

    private static void CheckParts(Values values)
    {
        (bool kernel, bool initrd) = (values.Has("kernel"), values.Has("initrd"));
        if (!kernel && !values.Has("base"))
        {
            values.Refuse("kernel", "is missing, and so is base", "write kernel and initrd, or base, or all three");
        }
        else if (!kernel && initrd)
        {
            values.Refuse("initrd", "stands without a kernel", "add kernel, or remove initrd");
        }
        else if (kernel && !initrd)
        {
            values.Refuse("kernel", "stands without an initrd", "add initrd, or remove kernel");
        }
    }

    private static void CheckArguments(Values values)
    {
        if (!values.Has("kernel") && values.Get(Arguments).Length > 0)
        {
            values.Refuse("arguments", "are kernel arguments, but there is no kernel", "add kernel, or remove them");
        }
    }
}
