using Havm.Model;

namespace Havm.Core.Records;

/// <summary>
/// A cold move under way: the instance is shut down where it sits, its seat is taken back and proven empty, and it
/// starts on another node from its disks.
/// </summary>
/// <param name="From">The node it leaves; while it sits there it is shut down.</param>
/// <param name="To">The node that keeps room for it. Were that lost meanwhile, placement finds another.</param>
/// <param name="Cause">Who wants it.</param>
/// <param name="Why">In words.</param>
/// <param name="Since">When it began, UTC.</param>
public sealed record MoveNote(NodeName From, NodeName To, MoveCause Cause, Reason Why, DateTimeOffset Since)
{
    /// <summary>The instance comes back to <see cref="From"/> once that takes seats again.</summary>
    public bool Returns { get; init; }
}

/// <summary>Why a healthy instance is moved. Only <see cref="Order"/> passes the disruption guard unasked.</summary>
public enum MoveCause
{
    /// <summary>An operator named this instance.</summary>
    Order,

    /// <summary>A placement rule is broken where it sits, or another node is preferred and failback is on.</summary>
    Rule,

    /// <summary>Its node is drained or shut down, or has come back from that.</summary>
    Maintenance,

    /// <summary>Load is uneven beyond the threshold.</summary>
    Rebalance,

    /// <summary>Its endpoint does not answer its load balancer, and a reset did not help.</summary>
    Endpoint,

    /// <summary>Its node does not reach its disks, and another does.</summary>
    Storage,

    /// <summary>Its node will likely fail, and the policy says that it is to be left.</summary>
    Risk,
}
