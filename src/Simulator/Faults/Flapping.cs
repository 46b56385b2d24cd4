using Havm.Model;
using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>
/// A node's networks go and come again and again: for the first half of each period they are cut, for the second they
/// are whole.
/// </summary>
public sealed record Flapping(NodeName Node, TimeSpan Period, int Times) : IFault
{
    public static readonly FaultKind Kind = new(
        "flap",
        "All of the node's networks are cut for half a period and whole for the other half, so many times; then they "
            + "are whole.",
        fields => new Flapping(fields.Node, fields.Time("period"), fields.Count("times")),
        FaultField.Node, FaultField.Time("period", 0.2, 600, "one cut and one join"),
        FaultField.Count("times", 1, 50, "how many periods"));

    public void Strike(VirtualWorld world)
    {
        for (var i = 0; i < Times; i++)
        {
            world.Time.After(Period * i, () => world.Isolate(Node));
            world.Time.After((Period * i) + (Period / 2), () => world.Reconnect(Node));
        }

        world.Busy(Period * Times);
    }
}
