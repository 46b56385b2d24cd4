using Havm.Model;

namespace Havm.Specs;

/// <summary>A machine that runs VMs.</summary>
internal static class NodeKind
{
    private static readonly Member<NodeSpec, string> Rack = Member.Required<NodeSpec, string>(
        "rack", TextType.Name, s => s.Rack.Value, "The Rack it stands in.");

    private static readonly Member<NodeSpec, int> Cpus = Member.Required<NodeSpec, int>(
        "cpus", new IntegerType(1, 4096), s => s.Cpus, "Virtual CPUs that it may give to instances.");

    private static readonly Member<NodeSpec, Bytes> Memory = Member.Required<NodeSpec, Bytes>(
        "memory", new SizeType(Bytes.MiB(64), Bytes.GiB(64 << 10)), s => s.Memory,
        "Memory that it may give to instances.");

    private static readonly Member<NodeSpec, FenceMethod> Bmc = Member.Maybe<NodeSpec, FenceMethod>(
        "bmc", FenceFields.Shape, s => s.Bmc,
        "How it is switched off from outside; without it there is no power fencing.");

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
