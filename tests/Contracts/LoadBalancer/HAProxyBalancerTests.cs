using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Havm.Contracts.Transport;
using Havm.LoadBalancer.HAProxy;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Contracts.LoadBalancer;

/// <summary>HAProxy itself, in front of small servers on loopback.</summary>
public sealed class HAProxyBalancerTests() : BalancerContract(new HAProxyRig())
{
    [Fact]
    public async Task Another_probe_makes_a_new_process_and_no_request_fails_for_it()
    {
        var before = await UntilAsync(All(MemberWishIn), w => Health(w, 0) == MemberHealth.Up);
        using var stop = new CancellationTokenSource();
        var failed = 0;
        var asking = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                failed += await Rig.RequestAsync() is null ? 1 : 0;
            }
        }, Cancel);

        ((HAProxyRig)Rig).ProbeEvery(TimeSpan.FromSeconds(2));
        var after = await UntilAsync(All(MemberWishIn), w => w.Life != before.Life && Health(w, 1) == MemberHealth.Up);
        await stop.CancelAsync();
        await asking;

        Assert.NotEqual(before.Life, after.Life);
        Assert.Equal(0, failed);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_and_harms_nobody()
    {
        using var other = new TcpListener(IPAddress.Loopback, Rig.Spec.Listen) { ExclusiveAddressUse = true };
        other.Start();

        var answer = await Rig.Balancer.TendAsync(All(MemberWishIn), Cancel);
        Assert.Null(answer.Word);
        Assert.Contains("does not start", answer.Trouble);

        other.Stop();
        await UntilAsync(All(MemberWishIn), w => Health(w, 0) == MemberHealth.Up);
    }

    private static Core.Rotation.MemberWish MemberWishIn => Core.Rotation.MemberWish.In;
}

internal sealed class HAProxyRig : IBalancerRig
{
    private readonly string _directory = Directory.CreateTempSubdirectory("havm-lb-").FullName;
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        PooledConnectionLifetime = TimeSpan.Zero, ConnectTimeout = TimeSpan.FromSeconds(2),
    })
    {
        Timeout = TimeSpan.FromSeconds(10),
    };

    private readonly SmallEndpoint[] _endpoints;

    public HAProxyRig()
    {
        var (listen, port) = (FreePorts.Pair(), FreePorts.Pair());
        Spec = new LoadBalancerSpec
        {
            Service = "shop", Role = "web", Address = "127.0.0.1", Listen = listen, Port = port,
            Probe = new BalancerProbe { Every = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromMilliseconds(500) },
        };
        _endpoints = [.. Enumerable.Range(0, 2)
            .Select(i => new SmallEndpoint(new IPEndPoint(IPAddress.Parse(AddressOf(i)), port), $"{i}"))];
        foreach (var endpoint in _endpoints)
        {
            endpoint.Set(Mood.Well);
        }

        Balancer = Make();
    }

    public ILoadBalancer Balancer { get; private set; }

    public LoadBalancerSpec Spec { get; private set; }

    public string AddressOf(int index) => $"127.0.77.{index + 1}";

    public void Set(int index, Mood mood) => _endpoints[index].Set(mood);

    public void ProbeEvery(TimeSpan every) => Spec = Spec with { Probe = Spec.Probe with { Every = every } };

    public async Task<int?> RequestAsync()
    {
        try
        {
            using var answer = await _client.GetAsync($"http://127.0.0.1:{Spec.Listen}/");
            return answer.IsSuccessStatusCode
                ? int.Parse(await answer.Content.ReadAsStringAsync(), CultureInfo.InvariantCulture) : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public async Task<IAsyncDisposable> OpenRequestAsync(int index)
    {
        var tasks = new List<Task>();
        while (_endpoints[index].Open == 0)
        {
            var before = _endpoints.Sum(e => e.Open);
            tasks.Add(_client.GetAsync($"http://127.0.0.1:{Spec.Listen}/hold"));
            await Tests.Until.TrueAsync("a request has arrived", () => _endpoints.Sum(e => e.Open) > before);
        }

        _endpoints[1 - index].Release();
        return new Held(_endpoints[index], tasks);
    }

    public void TendAnew() => Balancer = Make();

    public void Kill(string name)
    {
        using var process = Of(name);
        process.Kill();
        process.WaitForExit();
    }

    public void Stall(string name, bool stalled)
    {
        using var process = Of(name);
        using var kill = Process.Start("kill", [stalled ? "-STOP" : "-CONT", $"{process.Id}"]);
        kill.WaitForExit();
    }

    public Task TurnAsync() => Task.Delay(50);

    public async ValueTask DisposeAsync()
    {
        await Balancer.RemoveAsync("shop", CancellationToken.None);
        foreach (var endpoint in _endpoints)
        {
            endpoint.Dispose();
        }

        _client.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private Process Of(string name) => Process.GetProcessById(int.Parse(
        File.ReadAllText(Path.Join(_directory, name, "pid")).Trim(), CultureInfo.InvariantCulture));

    private HAProxyBalancers Make() => new(new HAProxySettings
    {
        Directory = _directory, Slots = 4, LongestBackOff = TimeSpan.FromSeconds(1),
    });

    private sealed class Held(SmallEndpoint endpoint, List<Task> asked) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            endpoint.Release();
            await Task.WhenAll(asked);
        }
    }
}
