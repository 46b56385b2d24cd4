using System.Collections.Immutable;

namespace Havm.Specs;

/// <summary>Every kind there is, in the order in which a person meets them.</summary>
internal static class SpecKinds
{
    public static readonly ImmutableArray<SpecKind> All =
    [
        TopologyKinds.Rack,
        NodeKind.Node,
        NetworkKind.Network,
        TopologyKinds.Datastore,
        TopologyKinds.Image,
        TopologyKinds.AvailabilitySet,
        PlacementRuleKind.PlacementRule,
        QuorumGroupKind.QuorumGroup,
        VirtualMachineKind.VirtualMachine,
        ServiceKind.Service,
        LoadBalancerKind.LoadBalancer,
        PolicyKind.Policy,
    ];

    public static readonly ImmutableArray<string> Names = [.. All.Select(kind => kind.Name)];

    /// <summary>By exact name; null when there is none.</summary>
    public static SpecKind? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);
}
