using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Havm.Model;

/// <summary>Instances that decide by the majority of their votes: replicas of a database, members of a store.</summary>
public sealed record QuorumGroupSpec : Spec
{
    [JsonIgnore]
    public override string Kind => "QuorumGroup";

    /// <summary>Two or more, each once.</summary>
    public ImmutableArray<Voter> Members { get; init; } = [];

    /// <summary>Votes of a witness that is no instance of this cluster; 0: there is none.</summary>
    public int WitnessVotes { get; init; }

    [JsonIgnore]
    public int Votes => Members.Sum(member => member.Votes) + WitnessVotes;

    /// <summary>Votes without which the group decides nothing: more than half of all.</summary>
    [JsonIgnore]
    public int Majority => (Votes / 2) + 1;
}

/// <param name="Instance">Which.</param>
/// <param name="Votes">0 to 100; an arbiter has votes and no data, a hidden replica data and no vote.</param>
public sealed record Voter(InstanceName Instance, int Votes = 1);
