using System.Collections.Immutable;
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
        "How it is switched off from outside, where there is one way; without it there is no power fencing.");

    private static readonly Member<NodeSpec, ImmutableArray<FenceMethod>> Fencing =
        Member.Optional<NodeSpec, ImmutableArray<FenceMethod>>(
            "fencing", new ListType<FenceMethod>(FenceFields.Shape, 4), [], s => s.Fencing,
            "In place of `bmc`: several ways, the first tried first. The next is tried when one could not prove the "
            + "node off; the first follows the last.");

    private static readonly Member<NodeSpec, WatchdogKind> Watchdog = Member.Optional(
        "watchdog", new WordType<WatchdogKind>(), WatchdogKind.None, (NodeSpec s) => s.Watchdog,
        "What resets it when its own scheduling fails: with `independent` the end of its lease proves its instances "
        + "dead; `trustWarden` accepts the warden's word and is shown as a risk.");

    public static readonly SpecKind Node = new SpecKind<NodeSpec>(
        "Node",
        "A machine that runs instances.",
        new Shape<NodeSpec>(
            [Rack, Cpus, Memory, Bmc, Fencing, Watchdog],
            v => new NodeSpec
            {
                Rack = new RackName(v.Get(Rack)),
                Cpus = v.Get(Cpus),
                Memory = v.Get(Memory),
                Bmc = v.Get(Bmc),
                Fencing = v.Get(Fencing),
                Watchdog = v.Get(Watchdog),
            },
            Check));

    private static void Check(NodeSpec node, Values values)
    {
        if (values.Has("bmc") && values.Has("fencing"))
        {
            values.Refuse("fencing", "stands beside bmc", "write the BMC as the first item of fencing, and remove bmc");
        }

        for (int i = 0; i < node.Fencing.Length; i++)
        {
            if (node.Fencing.Take(i).Any(before => before.Place == node.Fencing[i].Place))
            {
                values.Refuse($"fencing[{i}]", "stands twice", "a way that failed is tried again by its retries");
            }
        }
    }
}
