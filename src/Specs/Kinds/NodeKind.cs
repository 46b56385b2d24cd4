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
            "fencing", new ListType<FenceMethod>(FenceFields.Shape, 8), [], s => s.Fencing,
            "In place of `bmc`: several ways, the first tried first. The next is tried when one could not prove the "
            + "node off; the first follows the last. After all that switch power, those that name `datastores`.");

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
            new Rule([], CheckOneWay), new Rule([Bmc], CheckBmc), new Rule([Fencing], CheckLadder)));

    private static void CheckOneWay(Values values)
    {
        if (values.Has("bmc") && values.Has("fencing"))
        {
            values.Refuse("fencing", "stands beside bmc", "write the BMC as the first item of fencing, and remove bmc");
        }
    }

    private static void CheckBmc(Values values)
    {
        if (values.Get(Bmc) is { CutsStorage: true })
        {
            values.Refuse("bmc", "names datastores, so that it switches no power",
                "write it as an item of fencing, after what switches power, and remove bmc");
        }
    }

    private static void CheckLadder(Values values)
    {
        ImmutableArray<FenceMethod> ladder = values.Get(Fencing);
        foreach ((int i, FenceMethod method) in ladder.Index())
        {
            if (ladder.Take(i).Any(before => before.Place == method.Place))
            {
                values.Refuse($"fencing[{i}]", "stands twice", method.CutsStorage
                    ? "name all datastores that one agent cuts off in one item, and power by an agent of its own"
                    : "a way that failed is tried again by its retries");
            }
            else if (!method.CutsStorage && ladder.Take(i).Any(before => before.CutsStorage))
            {
                values.Refuse($"fencing[{i}]", "switches power, and stands after one that names datastores",
                    "write those that name datastores last");
            }
        }
    }
}
