using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Core.Quorum;

/// <summary>How a quorum group stands, what would cost it its majority, and what would help.</summary>
/// <param name="Group">The QuorumGroup's name.</param>
/// <param name="Votes">All of its votes, a witness's included.</param>
/// <param name="Majority">Without so many it decides nothing.</param>
/// <param name="Now">Votes of those that can be counted on now, and of its witness.</param>
/// <param name="MayNow">
/// Votes of those that the others may hear, or for all that is known do, and of its witness.
/// </param>
/// <param name="Voters">Its members with votes, in the order of its object.</param>
/// <param name="Losses">What may be lost at once and holds a vote: racks, nodes, update domains.</param>
/// <param name="Shared">Voters that share a node or a rack, in words.</param>
/// <param name="Help">What would have it survive the loss of any one rack; null: it does already.</param>
public sealed record QuorumFinding(
    string Group, int Votes, int Majority, int Now, int MayNow, ImmutableArray<VoterSeat> Voters,
    ImmutableArray<QuorumLoss> Losses, ImmutableArray<string> Shared, QuorumHelp? Help)
{
    /// <summary>False: it is known to decide nothing.</summary>
    public bool HasMajority => MayNow >= Majority;

    /// <summary>
    /// Whether it goes on deciding whatever one rack, host update or guest update takes away: with all of its voters,
    /// and with those that can be counted on now.
    /// </summary>
    public bool IsSafe => Losses.All(loss => loss.Left >= Majority && loss.LeftNow >= Majority);

    /// <summary>Likewise of racks alone.</summary>
    public bool OutlivesRacks => Losses.All(loss => loss.Kind != LossKind.FaultDomain || loss.Left >= Majority);
}

/// <summary>What may be lost at once, by one failure or by one step of planned work.</summary>
public enum LossKind
{
    /// <summary>A rack; a host update takes no more than its nodes at a time.</summary>
    FaultDomain,

    /// <summary>A node: the smallest step of a host update.</summary>
    Node,

    /// <summary>
    /// The members of one update domain of one availability set, which a guest update takes together; or all that are
    /// of no set, which it takes before all others, together.
    /// </summary>
    UpdateDomain,
}

/// <summary>Where a voter is.</summary>
/// <param name="Instance">Which.</param>
/// <param name="Votes">One or more.</param>
/// <param name="Node">Where it sits, or goes; null: it has no seat.</param>
/// <param name="Rack">That node's.</param>
/// <param name="UpdateDomain">Its update domain, as a loss names it.</param>
/// <param name="Counts">It can be counted on now: it runs, is ready where it can say so, and its node speaks.</param>
public sealed record VoterSeat(
    InstanceName Instance, int Votes, NodeName? Node, RackName? Rack, string UpdateDomain, bool Counts);

/// <summary>What is left without one rack, node or update domain.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Of">Its name.</param>
/// <param name="Voters">Who is lost with it.</param>
/// <param name="Left">Votes left of all; what is down now is taken to run by then.</param>
/// <param name="LeftNow">Votes left of those that count now.</param>
public sealed record QuorumLoss(
    LossKind Kind, string Of, ImmutableArray<InstanceName> Voters, int Left, int LeftNow);

/// <summary>What would have a group survive the loss of any one rack.</summary>
/// <param name="Moves">The fewest moves found; empty: none are needed beside the witness, or no moves help.</param>
/// <param name="WitnessVotes">
/// The fewest votes of a witness outside of all racks with which these moves suffice; null: none is needed, or none
/// helps.
/// </param>
/// <param name="Message">In words.</param>
public sealed record QuorumHelp(ImmutableArray<VoterMove> Moves, int? WitnessVotes, string Message);

/// <summary>One voter's move.</summary>
public sealed record VoterMove(InstanceName Instance, NodeName From, NodeName To, RackName Rack);
