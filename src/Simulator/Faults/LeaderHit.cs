using Havm.Model;
using Havm.Simulator.World;
using Havm.Simulator.World.Storage;

namespace Havm.Simulator.Faults;

/// <summary>
/// Whichever node leads at this moment is hit, as by the verb of that name: who leads is not known when a scenario is
/// written. Nothing happens while nobody leads.
/// </summary>
public sealed record LeaderHit(string How, TimeSpan For) : IFault
{
    private static readonly string[] Ways =
    [
        "power-off", "isolate", "cut-store", "cut-store-read-write", "cut-store-refresh", "stop-controller", "stall",
        "stall-controller", "reboot",
    ];

    public static readonly FaultKind Kind = new(
        "hit-leader",
        "Does to whichever node leads what the verb of that name does; `stall` and `stall-controller` last as long as "
            + "`for` says. Nothing while nobody leads.",
        fields => new LeaderHit(fields.Word("how"), fields.Time("for")),
        FaultField.Word("how", "power-off", "what is done to it", [.. Ways]),
        FaultField.Time("for", 0.1, 3600, "how long it stands still") with { Otherwise = "10000ms" })
    {
        StarvesLeases = true,
    };

    public void Strike(VirtualWorld world)
    {
        if (world.Leader is { Home: var node })
        {
            FaultOf(node).Strike(world);
        }
    }

    /// <summary>The verb that is carried out in truth.</summary>
    public string Verb => How.StartsWith("cut-store", StringComparison.Ordinal) ? "cut-store" : How;

    private IFault FaultOf(NodeName node) => How switch
    {
        "power-off" => new PowerCut(node),
        "isolate" => new Isolation(node),
        "cut-store" => new StoreCut(node, [StoreWay.ReadWrite, StoreWay.Refresh]),
        "cut-store-read-write" => new StoreCut(node, [StoreWay.ReadWrite]),
        "cut-store-refresh" => new StoreCut(node, [StoreWay.Refresh]),
        "stop-controller" => new ControllerStop(node),
        "stall" => new Stall(node, For),
        "stall-controller" => new ControllerStall(node, For),
        _ => new OrderlyLeave(node, Reboots: true),
    };
}
