using System.Collections.Immutable;
using Havm.Model;
using Havm.Simulator.World;
using Havm.Simulator.World.Storage;

namespace Havm.Simulator.Faults;

/// <summary>
/// The controller of a node no longer reaches the shared state: neither reads nor commits (read-write), or keepalives
/// and news that the office is vacant (refresh), or nothing at all. The node's own member of the store is well.
/// </summary>
public sealed record StoreCut(NodeName Node, ImmutableArray<StoreWay> Ways) : IFault
{
    internal static readonly FaultField Only =
        FaultField.Word("only", "all", "which traffic", "all", "read-write", "refresh");

    public static readonly FaultKind Kind = new(
        "cut-store",
        "The node's controller reaches the store no more: not to read and commit (read-write), not to keep its office "
            + "and hear that it is vacant (refresh), or not at all. Requests get no answer.",
        fields => new StoreCut(fields.Node, WaysOf(fields)), FaultField.Node, Only)
    {
        Need = "store-fault", EndedBy = "restore-store", StarvesLeases = true,
    };

    public void Strike(VirtualWorld world)
    {
        foreach (var way in Ways)
        {
            world.Store.Cut(Node, way);
        }
    }

    internal static ImmutableArray<StoreWay> WaysOf(FaultArguments fields) => fields.Word("only") switch
    {
        "read-write" => [StoreWay.ReadWrite],
        "refresh" => [StoreWay.Refresh],
        _ => [StoreWay.ReadWrite, StoreWay.Refresh],
    };
}

/// <summary>The controller of a node reaches the shared state again.</summary>
public sealed record StoreRestoration(NodeName Node, ImmutableArray<StoreWay> Ways) : IFault
{
    public static readonly FaultKind Kind = new(
        "restore-store", "Ends `cut-store`, in the same ways or in one of them.",
        fields => new StoreRestoration(fields.Node, StoreCut.WaysOf(fields)), FaultField.Node, StoreCut.Only)
    {
        Need = "store-fault",
    };

    public void Strike(VirtualWorld world)
    {
        foreach (var way in Ways)
        {
            world.Store.Restore(Node, way);
        }
    }
}
