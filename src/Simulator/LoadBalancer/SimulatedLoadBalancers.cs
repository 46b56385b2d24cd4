using Havm.Core.Rotation;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Simulator.LoadBalancer;

/// <summary>Balancers in memory behind the port. They outlive who tends them: the machine is theirs.</summary>
public sealed class SimulatedLoadBalancers(SimulatedBalancerMachine machine) : ILoadBalancer
{
    public Task<BalancerAnswer> TendAsync(BalancerPlan plan, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (machine.Stalled.Contains(plan.Name))
        {
            return Task.FromResult(BalancerAnswer.Silent("it does not answer"));
        }

        if (!machine.Running.TryGetValue(plan.Name, out var balancer))
        {
            machine.Running[plan.Name] = balancer = new SimulatedBalancer(++machine.Lives);
        }

        return Task.FromResult(BalancerAnswer.Of(
            balancer.Tend(plan, machine.Now(), m => machine.Probe(m.Address), machine.Sessions)));
    }

    public Task<IReadOnlyList<string>> KnownAsync(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<string>>([.. machine.Running.Keys.Order()]);

    public Task RemoveAsync(string name, CancellationToken cancel)
    {
        machine.Running.Remove(name);
        return Task.CompletedTask;
    }
}

/// <summary>What balancers run on.</summary>
public sealed class SimulatedBalancerMachine
{
    public required Func<Instant> Now { get; init; }

    /// <summary>What a probe of an address meets.</summary>
    public required Func<string, ProbeFate> Probe { get; init; }

    /// <summary>What a member has open.</summary>
    public required Func<InstanceName, int> Sessions { get; init; }

    public Dictionary<string, SimulatedBalancer> Running { get; } = [];

    /// <summary>Those that stand still.</summary>
    public HashSet<string> Stalled { get; } = [];

    internal long Lives { get; set; }
}
