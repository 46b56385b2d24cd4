using Havm.Contracts.Hypervisor;
using Havm.Network;
using Havm.Runtime.Ports;
using Havm.Simulator.Host;

namespace Havm.Contracts.Network;

/// <summary>What asking for other machines at their addresses promises.</summary>
public abstract class AddressProbeContract : IDisposable
{
    protected const string Self = "10.9.0.1";
    protected const string Other = "10.9.0.2";
    private const string Nobody = "10.9.0.3";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Other answers it, on the network that it has at Self, and nobody else does.</summary>
    protected abstract IAddressProbe Probe { get; }

    public abstract void Dispose();

    /// <summary>Runs a test where the network is.</summary>
    protected abstract Task InsideAsync(Func<Task> body);

    protected abstract void LoseNetwork();

    [Fact]
    public Task A_machine_that_is_there_answers_and_one_that_is_not_does_not() => InsideAsync(async () =>
    {
        Assert.True(await Probe.AnswersAsync(Other, Cancel));
        Assert.False(await Probe.AnswersAsync(Nobody, Cancel));
    });

    [Fact]
    public Task Its_own_address_is_no_answer() => InsideAsync(async () =>
        Assert.False(await Probe.AnswersAsync(Self, Cancel)));

    [Fact]
    public Task What_is_no_address_answers_nobody() => InsideAsync(async () =>
    {
        Assert.False(await Probe.AnswersAsync("no address", Cancel));
        Assert.False(await Probe.AnswersAsync("", Cancel));
    });

    [Fact]
    public Task Several_questions_at_once_have_their_own_answers() => InsideAsync(async () =>
    {
        string[] asked = [Other, Nobody, Other, Self];

        var answers = await Task.WhenAll(asked.Select(address => Probe.AnswersAsync(address, Cancel)));

        Assert.Equal(asked.Select(address => address == Other), answers);
    });

    [Fact]
    public Task Where_the_network_is_missing_nobody_answers() => InsideAsync(async () =>
    {
        Assert.True(await Probe.AnswersAsync(Other, Cancel));
        LoseNetwork();

        Assert.False(await Probe.AnswersAsync(Other, Cancel));
    });
}

/// <summary>ICMP echoes over a real cable, between two namespaces of the test's own.</summary>
public sealed class EchoProbeTests : AddressProbeContract
{
    private readonly NamespaceThread _here = new();
    private readonly NamespaceThread _there = new();

    public EchoProbeTests()
    {
        _here.IpInside("link", "add", "c0", "type", "veth", "peer", "name", "c1", "netns", _there.Name);
        _here.IpInside("addr", "add", $"{Self}/24", "dev", "c0");
        _there.IpInside("addr", "add", $"{Other}/24", "dev", "c1");
        _here.IpInside("link", "set", "lo", "up");
        _here.IpInside("link", "set", "c0", "up");
        _there.IpInside("link", "set", "c1", "up");
    }

    protected override IAddressProbe Probe { get; } = new EchoProbe();

    public override void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
    }

    protected override Task InsideAsync(Func<Task> body) => _here.RunAsync(body);

    protected override void LoseNetwork() => _there.IpInside("link", "set", "c1", "down");
}

/// <summary>The twin of simulated networks.</summary>
public sealed class SimulatedAddressProbeTests : AddressProbeContract
{
    private bool _lost;

    public SimulatedAddressProbeTests() =>
        Probe = new SimulatedAddressProbe(Self, address => !_lost && address is Self or Other);

    protected override IAddressProbe Probe { get; }

    public override void Dispose()
    {
        // Nothing outside memory was made.
    }

    protected override Task InsideAsync(Func<Task> body) => body();

    protected override void LoseNetwork() => _lost = true;
}
