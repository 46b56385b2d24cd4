using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>
/// The store has no room left: it refuses every write and answers all else. Leases need no room. A leader that cannot
/// commit ends its term, and nobody else can take office.
/// </summary>
public sealed record StoreFull(bool Full) : IFault
{
    private static readonly FaultField What = FaultField.Word("what", "all", "what", "all");

    public static readonly FaultKind Fill = new(
        "fill-store", "The store has no room: commits and claims to the office are refused, leases are not.",
        _ => new StoreFull(true), What) { EndedBy = "free-store", StarvesLeases = true };

    public static readonly FaultKind Free = new(
        "free-store", "Ends `fill-store`.", _ => new StoreFull(false), What);

    public void Strike(VirtualWorld world)
    {
        if (Full)
        {
            world.Store.Fill();
        }
        else
        {
            world.Store.Free();
        }
    }
}
