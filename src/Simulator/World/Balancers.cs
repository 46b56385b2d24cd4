using Havm.Core.Rotation;
using Havm.Model;
using Havm.Simulator.LoadBalancer;

namespace Havm.Simulator.World;

/// <summary>
/// The machine that load balancers run on, on the spine: no node's fault touches it, and what it probes is what is.
/// </summary>
public sealed class Balancers(VirtualWorld world)
{
    private readonly SortedDictionary<string, SimulatedBalancer> _running = new(StringComparer.Ordinal);
    private readonly SortedDictionary<InstanceName, ProbeFate> _ill = [];
    private long _lives;

    /// <summary>They stand still: nothing is probed, nothing is said, and what was decided stays so.</summary>
    public bool Stopped { get; private set; }

    /// <summary>It has no network: all its probes meet silence.</summary>
    public bool CutOff { get; set; }

    /// <summary>What is ill behind them is noticed.</summary>
    public bool Watch => !Stopped && !CutOff;

    public void Stop() => Stopped = true;

    /// <summary>They are started again, and know nothing of what they knew.</summary>
    public void Start()
    {
        Stopped = false;
        _running.Clear();
    }

    /// <summary>The endpoint of an instance is ill wherever it runs, until it is healed; its guest is well.</summary>
    public void Spoil(InstanceName instance, ProbeFate fate) => _ill[instance] = fate;

    public void Heal(InstanceName instance) => _ill.Remove(instance);

    public bool IsIll(InstanceName instance) => _ill.ContainsKey(instance);

    /// <summary>What a balancer says when its controller tends it; null: nothing.</summary>
    public BalancerWord? Tend(BalancerPlan plan)
    {
        if (Stopped)
        {
            return null;
        }

        if (!_running.TryGetValue(plan.Name, out var balancer))
        {
            _running[plan.Name] = balancer = new SimulatedBalancer(++_lives);
        }

        return balancer.Tend(plan, world.Time.Now, member => Probe(member.Instance), _ => 0);
    }

    private ProbeFate Probe(InstanceName instance)
    {
        if (CutOff || world.HostOf(instance) is not { Up: true } host || world.HasNoNetwork(host.Name)
            || host.Machines.Find(instance) is not { Runs: true, Hangs: false } process)
        {
            return ProbeFate.Nothing;
        }

        return !process.Ready ? ProbeFate.Refused : _ill.GetValueOrDefault(instance, ProbeFate.Answered);
    }
}
