using Havm.Model;

namespace Havm.Core.Tests.Stories;

/// <summary>The objects stories are made of, small and legal.</summary>
internal static class StorySpecs
{
    public static SpecObject Of(string name, Spec spec) => new(new Metadata { Name = name }, spec);

    public static SpecObject Rack(string name) => Of(name, new RackSpec());

    public static SpecObject Store { get; } = Of("store", new DatastoreSpec());

    public static SpecObject Image { get; } = Of(
        "small", new ImageSpec { Datastore = "store", Kernel = "kernel", Initrd = "initrd" });

    public static SpecObject Lan { get; } = Of("lan", new NetworkSpec { Cidr = "10.1.0.0/16" });

    public static SpecObject Node(
        string name, string rack, bool bmc = true, WatchdogKind watchdog = WatchdogKind.None,
        int memoryMiB = 4096, int cpus = 16) =>
        Of(name, new NodeSpec
        {
            Rack = new RackName(rack),
            Cpus = cpus,
            Memory = Bytes.MiB(memoryMiB),
            Watchdog = watchdog,
            Bmc = bmc
                ? new FenceMethod
                {
                    Url = $"https://{name}-bmc",
                    SystemId = "1",
                    Uuid = $"uuid-{name}",
                    CredentialsFile = "/secret",
                }
                : null,
        });

    public static InstanceTemplate Template(
        IsolationPolicy? isolation = null, int memoryMiB = 64, int priority = 3, string? set = null) => new()
    {
        Vcpus = 1,
        Memory = Bytes.MiB(memoryMiB),
        Image = "small",
        Networks = ["lan"],
        Isolation = isolation,
        Priority = priority,
        AvailabilitySet = set,
    };

    public static SpecObject Vm(
        string name, IsolationPolicy? isolation = null, int memoryMiB = 64, int priority = 3, string? set = null) =>
        Of(name, new VirtualMachineSpec { Template = Template(isolation, memoryMiB, priority, set) });

    public static SpecObject Service(string name, int instances, string? set = null) => Of(name, new ServiceSpec
    {
        Roles =
        [
            new RoleSpec { Name = "web", Type = RoleType.Web, Instances = instances, Template = Template(set: set) },
        ],
    });

    public static SpecObject Set(string name, int faultDomains = 2, int updateDomains = 5) =>
        Of(name, new AvailabilitySetSpec { FaultDomains = faultDomains, UpdateDomains = updateDomains });
}
