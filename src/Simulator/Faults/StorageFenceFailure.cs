using Havm.Model;
using Havm.Simulator.Fencing;
using Havm.Simulator.World;

namespace Havm.Simulator.Faults;

/// <summary>
/// What makes storage refuse a node fails: it answers nothing; or it accepts every order and acts on none while it says
/// what is true; or it does the same and says Off; or what it is ordered hits the next node, whose name was mistaken.
/// </summary>
/// <param name="As">null: it hits the next node.</param>
public sealed record StorageFenceFailure(NodeName Node, SimulatedBmcBehaviour? As) : IFault
{
    public static readonly FaultKind Kind = new(
        "fail-storage-fence",
        "What makes storage refuse the node answers nothing (dead), or says \"ok\" to every order and acts on none "
            + "(lazy), or does the same and says Off besides (lies-off), or does it to the next node by name instead "
            + "(another). For nodes with storage-fence.",
        fields => new StorageFenceFailure(fields.Node, fields.Word("as") switch
        {
            "dead" => SimulatedBmcBehaviour.Dead,
            "lazy" => SimulatedBmcBehaviour.Lazy,
            "lies-off" => SimulatedBmcBehaviour.Lying,
            _ => null,
        }),
        FaultField.Node, FaultField.Word("as", "dead", "how", "dead", "lazy", "lies-off", "another"))
    {
        EndedBy = "repair-storage-fence",
    };

    public void Strike(VirtualWorld world)
    {
        var supply = world.Host(Node).Supply;
        supply.Storage.Behaviour = As ?? SimulatedBmcBehaviour.Truthful;
        if (As is null)
        {
            supply.Mistake(world.Hosts.FirstOrDefault(host => host.Name.CompareTo(Node) > 0) ?? world.Hosts.First());
        }
    }
}

/// <summary>Storage does to the node what it is ordered, and says what is true.</summary>
public sealed record StorageFenceRepair(NodeName Node) : IFault
{
    public static readonly FaultKind Kind = new(
        "repair-storage-fence",
        "Ends `fail-storage-fence`: storage does to the node what it is ordered, and says what is true; another that "
            + "it hit by mistake is let in.",
        fields => new StorageFenceRepair(fields.Node), FaultField.Node);

    public void Strike(VirtualWorld world)
    {
        var supply = world.Host(Node).Supply;
        supply.Storage.Behaviour = SimulatedBmcBehaviour.Truthful;
        supply.Mistake(null);
    }
}

/// <summary>Somebody lets a node in again that storage refuses, while it has no power.</summary>
public sealed record StorageLetsIn(NodeName Node) : IFault
{
    public static readonly FaultKind Kind = new(
        "let-in",
        "Somebody makes storage take the writes again of a node that it refuses. Only while the node has no power: to "
            + "let in one that runs is to run copies side by side, which nothing could mend.",
        fields => new StorageLetsIn(fields.Node), FaultField.Node);

    public void Strike(VirtualWorld world)
    {
        if (world.Host(Node) is { Powered: false } host)
        {
            host.Supply.LetIn();
        }
    }
}
