using System.Collections.Concurrent;
using Havm.Core.Rotation;
using Havm.Runtime.Ports;

namespace Havm.LoadBalancer.HAProxy;

/// <summary>One HAProxy for each load balancer, each in a session of its own: it outlives who tends it.</summary>
public sealed class HAProxyBalancers(HAProxySettings settings) : ILoadBalancer
{
    private readonly ConcurrentDictionary<string, HAProxyBalancer> _known = new();

    public Task<BalancerAnswer> TendAsync(BalancerPlan plan, CancellationToken cancel) =>
        Of(plan.Name).TendAsync(plan, cancel);

    public Task<IReadOnlyList<string>> KnownAsync(CancellationToken cancel)
    {
        IReadOnlyList<string> names = Directory.Exists(settings.Directory)
            ? [.. Directory.EnumerateDirectories(settings.Directory).Select(d => Path.GetFileName(d)!).Order()]
            : [];
        return Task.FromResult(names);
    }

    public async Task RemoveAsync(string name, CancellationToken cancel)
    {
        await Of(name).EndAsync(cancel);
        _known.TryRemove(name, out _);
    }

    private HAProxyBalancer Of(string name) =>
        _known.GetOrAdd(name, _ => new HAProxyBalancer(settings, Path.Join(settings.Directory, name)));
}
