using Havm.Model;

namespace Havm.Specs;

/// <summary>A machine that runs VMs.</summary>
internal static class NodeKind
{
    private static readonly TextType HttpsUrl = new(
        "https URL", 255, @"^https://[A-Za-z0-9.\[\]:_-]+(/[^\s]*)?$",
        "the address as \"https://host\" or \"https://host:port\"");

    private static readonly TextType SystemIdType = new(
        "Redfish system id", 255, @"^[^\s/]+$", "the last part of its path below /redfish/v1/Systems");

    private static readonly TextType UuidType = new(
        "UUID", 36, "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
        "the machine's UUID, like 4c4c4544-0051-3010-8052-b4c04f4d3132");

    private static readonly Member<BmcSpec, string> Url = Member.Required<BmcSpec, string>(
        "url", HttpsUrl, b => b.Url, "Where it answers Redfish; loopback and link-local hosts only in lab clusters.");

    private static readonly Member<BmcSpec, string> SystemId = Member.Required<BmcSpec, string>(
        "systemId", SystemIdType, b => b.SystemId, "Which of its systems this node is.");

    private static readonly Member<BmcSpec, string> Uuid = Member.Required<BmcSpec, string>(
        "uuid", UuidType, b => b.Uuid, "Compared before every order, so that no other machine is ever switched off.");

    private static readonly Member<BmcSpec, string> CredentialsFile = Member.Required<BmcSpec, string>(
        "credentialsFile", TextType.AbsolutePath, b => b.CredentialsFile,
        "A file with \"user:password\" on the controller's machine, readable by root alone.");

    private static readonly Member<BmcSpec, string> CaFile = Member.Maybe<BmcSpec, string>(
        "caFile", TextType.AbsolutePath, b => b.CaFile,
        "PEM file with the certificate authority to trust; without it, those of the system.");

    private static readonly Shape<BmcSpec> BmcShape = new(
        [Url, SystemId, Uuid, CredentialsFile, CaFile],
        v => new BmcSpec
        {
            Url = v.Get(Url),
            SystemId = v.Get(SystemId),
            Uuid = v.Get(Uuid),
            CredentialsFile = v.Get(CredentialsFile),
            CaFile = v.Get(CaFile),
        });

    private static readonly Member<NodeSpec, string> Rack = Member.Required<NodeSpec, string>(
        "rack", TextType.Name, s => s.Rack.Value, "The Rack it stands in.");

    private static readonly Member<NodeSpec, int> Cpus = Member.Required<NodeSpec, int>(
        "cpus", new IntegerType(1, 4096), s => s.Cpus, "Virtual CPUs that it may give to instances.");

    private static readonly Member<NodeSpec, Bytes> Memory = Member.Required<NodeSpec, Bytes>(
        "memory", new SizeType(Bytes.MiB(64), Bytes.GiB(64 << 10)), s => s.Memory,
        "Memory that it may give to instances.");

    private static readonly Member<NodeSpec, BmcSpec> Bmc = Member.Maybe<NodeSpec, BmcSpec>(
        "bmc", BmcShape, s => s.Bmc, "How it is switched off from outside; without it there is no power fencing.");

    private static readonly Member<NodeSpec, WatchdogKind> Watchdog = Member.Optional(
        "watchdog", new WordType<WatchdogKind>(), WatchdogKind.None, (NodeSpec s) => s.Watchdog,
        "What resets it when its own scheduling fails: with `independent` the end of its lease proves its instances "
        + "dead; `trustWarden` accepts the warden's word and is shown as a risk.");

    public static readonly SpecKind Node = new SpecKind<NodeSpec>(
        "Node",
        "A machine that runs instances.",
        new Shape<NodeSpec>(
            [Rack, Cpus, Memory, Bmc, Watchdog],
            v => new NodeSpec
            {
                Rack = new RackName(v.Get(Rack)),
                Cpus = v.Get(Cpus),
                Memory = v.Get(Memory),
                Bmc = v.Get(Bmc),
                Watchdog = v.Get(Watchdog),
            }));
}
