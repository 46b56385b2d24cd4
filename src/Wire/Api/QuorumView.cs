using System.Collections.Immutable;

namespace Havm.Wire.Api;

/// <summary>How a quorum group stands, what would cost it its majority, and what would help.</summary>
public sealed record QuorumView
{
    public required string Name { get; init; }

    /// <summary>
    /// safe: no one rack, host update or guest update costs its majority, neither with all voters nor with those that
    /// can be counted on now; atRisk: one does; lost: it is known to have none.
    /// </summary>
    public required string Verdict { get; init; }

    /// <summary>All votes, a witness's included.</summary>
    public required int Votes { get; init; }

    public required int Majority { get; init; }

    /// <summary>Votes of those that can be counted on, and of the witness.</summary>
    public required int VotesNow { get; init; }

    public required ImmutableArray<VoterView> Voters { get; init; }

    public required ImmutableArray<QuorumLossView> Losses { get; init; }

    /// <summary>All of it in sentences, what matters most first; empty: there is nothing to say.</summary>
    public required ImmutableArray<string> Says { get; init; }

    /// <summary>
    /// The moves after which it survives the loss of any one rack; empty: none are needed, or none help.
    /// </summary>
    public required ImmutableArray<VoterMoveView> Moves { get; init; }

    /// <summary>The votes that a witness outside has to have for that; null: none is needed, or none helps.</summary>
    public int? WitnessVotes { get; init; }

    public required Moment Confirmed { get; init; }
}

/// <summary>One member with a vote.</summary>
public sealed record VoterView(
    string Instance, int Votes, string? Node, string? Rack, string UpdateDomain, bool Counts);

/// <summary>What is left without one rack, node or update domain.</summary>
/// <param name="Kind">faultDomain, node or updateDomain.</param>
/// <param name="Of">Its name.</param>
/// <param name="Voters">Who is lost with it.</param>
/// <param name="Left">Votes left when all run.</param>
/// <param name="LeftNow">Votes left of those that count now.</param>
public sealed record QuorumLossView(string Kind, string Of, ImmutableArray<string> Voters, int Left, int LeftNow);

/// <summary>One voter's move.</summary>
public sealed record VoterMoveView(string Instance, string From, string To, string Rack);
