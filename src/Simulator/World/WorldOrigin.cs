using Havm.Core.Records;
using Havm.Model;

namespace Havm.Simulator.World;

/// <summary>What a world begins with.</summary>
/// <param name="Ledger">The shared state; its nodes are the world's, all off.</param>
public sealed record WorldOrigin(Ledger Ledger)
{
    /// <summary>The last term before this world's first.</summary>
    public Epoch Epoch { get; init; } = new(1);

    /// <summary>UTC at the world's beginning; records of the ledger are older.</summary>
    public DateTimeOffset Wall { get; init; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// The one controller's own machine, apart from all nodes, which no fault of theirs reaches; null: every node
    /// carries a replica, and more than half of them make a leader.
    /// </summary>
    public NodeName? Apart { get; init; }
}
