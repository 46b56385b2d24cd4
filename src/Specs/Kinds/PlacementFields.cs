using Havm.Model;

namespace Havm.Specs;

/// <summary>The policy's section about placement.</summary>
internal static class PlacementFields
{
    public static readonly PlacementPolicy Calm = new();

    private static readonly Member<PlacementPolicy, PlacementBalance> Balance = Member.Optional(
        "balance", new WordType<PlacementBalance>(), Calm.Balance, (PlacementPolicy p) => p.Balance,
        "What is evened out over nodes: `reserved`: the sizes of instances, as shares of CPUs and memory; `count`: how "
        + "many there are; `used`: what they were measured to use.");

    private static readonly Member<PlacementPolicy, int> VcpusPerCpu = Member.Optional(
        "vcpusPerCpu", new IntegerType(1, 64), Calm.VcpusPerCpu, (PlacementPolicy p) => p.VcpusPerCpu,
        "vCPUs that are given away for each CPU of a node.");

    private static readonly Member<PlacementPolicy, bool> Overcommit = Member.Optional(
        "overcommit", FlagType.Instance, Calm.Overcommit, (PlacementPolicy p) => p.Overcommit,
        "True: sizes are no limit, and memory too is given away beyond what nodes have.");

    private static readonly RebalancePolicy Even = new();

    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private static readonly Member<RebalancePolicy, double> Threshold = Member.Optional(
        "threshold", new NumberType(0.01, 10), Even.Threshold, (RebalancePolicy p) => p.Threshold,
        "Standard deviation by mean of the nodes' load, above which instances are moved; a node's load is the mean of "
        + "its shares of CPU and memory.");

    private static readonly Member<RebalancePolicy, TimeSpan> Hold = Member.Optional(
        "hold", new DurationType(TimeSpan.Zero, Longest), Even.Hold, (RebalancePolicy p) => p.Hold,
        "How long load must have been that uneven, and the time between two moves.");

    private static readonly Member<PlacementPolicy, StartPlace> AtStart = Member.Optional(
        "atStart", new WordType<StartPlace>(), Calm.AtStart, (PlacementPolicy p) => p.AtStart,
        "Where an instance goes that was stopped and is started again: `best`, or the `last` node it sat on.");

    private static readonly Member<PlacementPolicy, TimeSpan> FailbackAfter = Member.Optional(
        "failbackAfter", new DurationType(TimeSpan.Zero, Longest), Calm.FailbackAfter,
        (PlacementPolicy p) => p.FailbackAfter,
        "How long a node must have been up before instances go back to it, by a pin or after maintenance.");

    private static readonly Member<PlacementPolicy, RebalancePolicy> Rebalance = Member.Maybe(
        "rebalance",
        new Shape<RebalancePolicy>(
            [Threshold, Hold], v => new RebalancePolicy { Threshold = v.Get(Threshold), Hold = v.Get(Hold) }),
        (PlacementPolicy p) => p.Rebalance!,
        "Moves that even out the load, each a restart until live migration exists; without it none are made.");

    public static readonly Shape<PlacementPolicy> Shape = new(
        [Balance, VcpusPerCpu, Overcommit, AtStart, FailbackAfter, Rebalance],
        v => new PlacementPolicy
        {
            Balance = v.Get(Balance),
            VcpusPerCpu = v.Get(VcpusPerCpu),
            Overcommit = v.Get(Overcommit),
            AtStart = v.Get(AtStart),
            FailbackAfter = v.Get(FailbackAfter),
            Rebalance = v.Get(Rebalance),
        });
}
