using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Havm.Model;

/// <summary>
/// Where instances shall or should sit. Exactly one of <see cref="Pin"/>, <see cref="Together"/> and
/// <see cref="Apart"/> names instances.
/// </summary>
public sealed record PlacementRuleSpec : Spec
{
    [JsonIgnore]
    public override string Kind => "PlacementRule";

    /// <summary>Instances that belong to certain nodes; <see cref="To"/> says to which.</summary>
    public ImmutableArray<InstanceName> Pin { get; init; } = [];

    /// <summary>The nodes of a pin, with how much each is preferred; empty for other rules.</summary>
    public ImmutableArray<PreferredNode> To { get; init; } = [];

    /// <summary>
    /// True: the pinned instances start on no other node, and wait instead. False: they rather start there.
    /// </summary>
    public bool Hard { get; init; }

    /// <summary>Instances that always share one node.</summary>
    public ImmutableArray<InstanceName> Together { get; init; } = [];

    /// <summary>Instances of which no two ever share a node.</summary>
    public ImmutableArray<InstanceName> Apart { get; init; } = [];

    /// <summary>All that the rule is about.</summary>
    [JsonIgnore]
    public IEnumerable<InstanceName> Instances => [.. Pin, .. Together, .. Apart];
}

/// <param name="Node">Which.</param>
/// <param name="Weight">1 to 1000; the higher, the more it is preferred to the other nodes of its pin.</param>
public sealed record PreferredNode(NodeName Node, int Weight = 1);
