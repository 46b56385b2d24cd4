using Havm.Model;
using Havm.Runtime.Ports;
using Havm.Simulator.LoadBalancer;

namespace Havm.Contracts.LoadBalancer;

public sealed class SimulatedBalancerTests() : BalancerContract(new SimulatedBalancerRig());

/// <summary>All in memory, under its own time.</summary>
internal sealed class SimulatedBalancerRig : IBalancerRig
{
    private readonly Mood[] _moods = new Mood[2];
    private readonly int[] _open = new int[2];
    private readonly SimulatedBalancerMachine _machine;
    private Instant _now = Instant.FromSeconds(1);
    private int _asked;

    public SimulatedBalancerRig()
    {
        _machine = new SimulatedBalancerMachine
        {
            Now = () => _now,
            Probe = address => _moods[int.Parse(address)] switch
            {
                Mood.Well => ProbeFate.Answered,
                Mood.Wrong => ProbeFate.Wrong,
                Mood.Refusing => ProbeFate.Refused,
                _ => ProbeFate.Nothing,
            },
            Sessions = instance => _open[IndexOf(instance)],
        };
        Balancer = new SimulatedLoadBalancers(_machine);
    }

    public ILoadBalancer Balancer { get; private set; }

    public LoadBalancerSpec Spec { get; } = new()
    {
        Service = "shop", Role = "web", Listen = 80, Port = 80,
        Probe = new BalancerProbe { Every = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(1) },
    };

    public string AddressOf(int index) => $"{index}";

    public void Set(int index, Mood mood) => _moods[index] = mood;

    public Task<int?> RequestAsync()
    {
        List<InstanceName> serving = [.. _machine.Running.Values.SelectMany(b => b.Serving)];
        return Task.FromResult<int?>(serving.Count == 0 ? null : IndexOf(serving[_asked++ % serving.Count]));
    }

    public Task<IAsyncDisposable> OpenRequestAsync(int index)
    {
        _open[index]++;
        return Task.FromResult<IAsyncDisposable>(new Open(() => _open[index]--));
    }

    public void TendAnew() => Balancer = new SimulatedLoadBalancers(_machine);

    public void Kill(string name) => _machine.Running.Remove(name);

    public void Stall(string name, bool stalled)
    {
        if (stalled)
        {
            _machine.Stalled.Add(name);
        }
        else
        {
            _machine.Stalled.Remove(name);
        }
    }

    public Task TurnAsync()
    {
        _now += TimeSpan.FromMilliseconds(500);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static int IndexOf(InstanceName instance) => instance.Value[^1] - '0';

    private sealed class Open(Action end) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            end();
            return ValueTask.CompletedTask;
        }
    }
}
