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

    private static readonly Member<PlacementPolicy, StartPlace> AtStart = Member.Optional(
        "atStart", new WordType<StartPlace>(), Calm.AtStart, (PlacementPolicy p) => p.AtStart,
        "Where an instance goes that was stopped and is started again: `best`, or the `last` node it sat on.");

    public static readonly Shape<PlacementPolicy> Shape = new(
        [Balance, VcpusPerCpu, Overcommit, AtStart],
        v => new PlacementPolicy
        {
            Balance = v.Get(Balance),
            VcpusPerCpu = v.Get(VcpusPerCpu),
            Overcommit = v.Get(Overcommit),
            AtStart = v.Get(AtStart),
        });
}
