using Havm.Core;
using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>
/// An operator plans to stop the controllers: whoever leads grants every node a long lease. Where nobody leads, or the
/// product refuses, nothing happens.
/// </summary>
public sealed record LongLeaseOrdered(TimeSpan For) : IFault
{
    public static readonly FaultKind Kind = new(
        "long-lease",
        "An operator plans to stop the controllers: the leader grants every node a long lease, until whose end no "
            + "lease runs out and none proves anything.",
        fields => new LongLeaseOrdered(fields.Time("for")),
        FaultField.Time("for", 60, 86400, "how long")) { EndedBy = "end-long-lease" };

    public void Strike(VirtualWorld world) =>
        world.Leader?.Order(id => new LongLeaseOrder(id, For, "scenario"), _ => { });
}

/// <summary>An operator ends the long lease before its time.</summary>
public sealed record LongLeaseEndOrdered : IFault
{
    public static readonly FaultKind Kind = new(
        "end-long-lease", "An operator ends `long-lease`: it is over once every node that may hold it has said so.",
        _ => new LongLeaseEndOrdered(), FaultField.Word("what", "all", "what", "all"));

    public void Strike(VirtualWorld world) =>
        world.Leader?.Order(id => new LongLeaseEndOrder(id, "scenario"), _ => { });
}
