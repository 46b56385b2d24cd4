using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Havm.Model;

namespace Havm.Core.Records;

/// <summary>
/// What every round asks of the specs, found once for each set of them. A set never changes: what was found in it stays
/// true for as long as it lives, and is forgotten with it.
/// </summary>
internal sealed class SpecIndex
{
    private static readonly ConditionalWeakTable<ImmutableSortedDictionary<string, SpecObject>, SpecIndex> Known = [];

    private readonly ILookup<Type, SpecObject> _byType;
    private readonly ILookup<(string Service, string Role), (string Name, LoadBalancerSpec Spec)> _balancers;

    private SpecIndex(ImmutableSortedDictionary<string, SpecObject> specs)
    {
        _byType = specs.Values.ToLookup(item => item.Spec.GetType());
        _balancers = All<LoadBalancerSpec>().ToLookup(
            item => (((LoadBalancerSpec)item.Spec).Service, ((LoadBalancerSpec)item.Spec).Role),
            item => (item.Metadata.Name, (LoadBalancerSpec)item.Spec));
        Policy = specs.TryGetValue(PolicyKey, out var policy) ? policy.Spec as PolicySpec : null;
    }

    private static readonly string PolicyKey = new SpecKey("Policy", "default").ToString();

    /// <summary>Null while the cluster has none of its own.</summary>
    public PolicySpec? Policy { get; }

    public static SpecIndex Of(ImmutableSortedDictionary<string, SpecObject> specs) =>
        Known.GetValue(specs, static of => new SpecIndex(of));

    /// <summary>All of one kind, in name order.</summary>
    public IEnumerable<SpecObject> All<T>() where T : Spec => _byType[typeof(T)];

    /// <summary>The load balancers in front of a role, in name order.</summary>
    public IEnumerable<(string Name, LoadBalancerSpec Spec)> BalancersOf(string service, string role) =>
        _balancers[(service, role)];
}
