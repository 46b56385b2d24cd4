using Havm.Model;
using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>
/// A node's clocks are wrong: its wall clock jumps, which nothing may be decided by, and its steady clock gains or
/// loses, within the hundredth that all deadlines allow for.
/// </summary>
public sealed record ClockSkew(NodeName Node, TimeSpan By, double Percent) : IFault
{
    public static readonly FaultKind Kind = new(
        "skew-clock",
        "The node's wall clock is wrong by so much, and its steady clock gains (or loses, below zero) so many "
            + "hundredths of each second. More than one of them is out of contract, and refused.",
        fields => new ClockSkew(fields.Node, fields.Time("by"), fields.Number("drift")),
        FaultField.Node,
        FaultField.Time("by", -86400, 86400, "how far the wall clock jumps") with { Otherwise = "0ms" },
        FaultField.Number("drift", -1, 1, "how many hundredths") with { Otherwise = "0" })
    {
        EndedBy = "repair-clock",
    };

    public void Strike(VirtualWorld world)
    {
        var clock = world.Host(Node).Clock;
        clock.WallStep += By;
        clock.Drift(world.Time.Now, Percent / 100);
    }
}

/// <summary>A node's wall clock is right again, and its steady clock runs as fast as the world's.</summary>
public sealed record ClockRepair(NodeName Node) : IFault
{
    public static readonly FaultKind Kind = new(
        "repair-clock", "Ends `skew-clock`: the wall clock is right, the steady clock runs at the right rate.",
        fields => new ClockRepair(fields.Node), FaultField.Node);

    public void Strike(VirtualWorld world)
    {
        var clock = world.Host(Node).Clock;
        clock.Drift(world.Time.Now, 0);
        clock.WallStep = world.Time.Now - clock.Show(world.Time.Now);
    }
}
