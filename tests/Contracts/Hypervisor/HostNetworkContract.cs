using Havm.Model;
using Havm.Network;
using Havm.Runtime.Ports;
using Havm.Simulator.Host;

namespace Havm.Contracts.Hypervisor;

/// <summary>What a node's network promises about taps.</summary>
public abstract class HostNetworkContract : IDisposable
{
    private static readonly InstanceName Short = new("web-0");
    private static readonly InstanceName Long = new("a-name-that-is-far-longer-than-an-interface-name");

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract IHostNetwork Network { get; }

    public abstract void Dispose();

    /// <summary>Runs a test where the network is.</summary>
    protected abstract Task InsideAsync(Func<Task> body);

    protected abstract void LoseBridge();

    [Fact]
    public Task A_tap_is_named_the_same_every_time_and_within_the_kernels_limit() => InsideAsync(async () =>
    {
        foreach (var instance in (InstanceName[])[Short, Long])
        {
            string first = await Network.MakeTapAsync(instance, 0, Cancel);
            string second = await Network.MakeTapAsync(instance, 1, Cancel);

            Assert.Equal(first, await Network.MakeTapAsync(instance, 0, Cancel));
            Assert.NotEqual(first, second);
            Assert.InRange(first.Length, 1, 15);
        }

        Assert.Equal(0, Network.SentBytes(Short));
    });

    [Fact]
    public Task Taps_of_one_instance_are_removed_and_those_of_its_namesakes_stay() => InsideAsync(async () =>
    {
        var namesake = new InstanceName("web-0-1");
        await Network.MakeTapAsync(Short, 0, Cancel);
        await Network.MakeTapAsync(Short, 1, Cancel);
        string other = await Network.MakeTapAsync(namesake, 0, Cancel);

        await Network.RemoveTapsAsync(Short, Cancel);
        await Network.RemoveTapsAsync(Short, Cancel);

        Assert.Equal([other], Taps());
    });

    [Fact]
    public Task Without_its_bridge_no_tap_is_made_and_none_is_left() => InsideAsync(async () =>
    {
        LoseBridge();

        var thrown = await Assert.ThrowsAsync<MachineException>(() => Network.MakeTapAsync(Short, 0, Cancel));

        Assert.Equal(MachineTrouble.NetworkFailed, thrown.Trouble);
        Assert.Empty(Taps());
    });

    protected abstract IReadOnlyList<string> Taps();
}

/// <summary>Real taps on a real bridge, in a namespace of the test's own.</summary>
public sealed class BridgeNetworkTests : HostNetworkContract
{
    private readonly NamespaceThread _namespace = new();

    public BridgeNetworkTests() => _namespace.IpInside("link", "add", "br0", "type", "bridge");

    protected override IHostNetwork Network { get; } = new BridgeNetwork("br0", TimeSpan.FromSeconds(20));

    public override void Dispose() => _namespace.Dispose();

    [Fact]
    public Task A_tap_is_up_and_on_the_bridge() => InsideAsync(async () =>
    {
        string tap = await Network.MakeTapAsync(new InstanceName("web-0"), 0, Cancel);
        _namespace.IpInside("link", "set", "br0", "up");

        string shown = await ShowAsync(tap);
        Assert.Contains("master br0", shown);
        Assert.Contains("UP", shown);
    });

    protected override Task InsideAsync(Func<Task> body) => _namespace.RunAsync(body);

    protected override void LoseBridge() => _namespace.IpInside("link", "del", "br0");

    protected override IReadOnlyList<string> Taps() =>
    [
        .. File.ReadAllLines("/proc/thread-self/net/dev").Skip(2).Select(line => line.Split(':')[0].Trim())
            .Where(name => name.StartsWith('t') && !name.StartsWith("tunl", StringComparison.Ordinal)),
    ];

    private static async Task<string> ShowAsync(string tap) => (await Runtime.Processes.ShortCommand.RunAsync(
        "ip", ["link", "show", "dev", tap], "", TimeSpan.FromSeconds(20), Cancel)).Output;
}

/// <summary>The twin.</summary>
public sealed class SimulatedHostNetworkTests : HostNetworkContract
{
    private readonly SimulatedNode _node = new(new SimulatedDatastores());

    public SimulatedHostNetworkTests() => Network = new SimulatedHostNetwork(_node);

    protected override IHostNetwork Network { get; }

    public override void Dispose()
    {
        // Nothing outside memory was made.
    }

    protected override Task InsideAsync(Func<Task> body) => body();

    protected override void LoseBridge() => _node.HasBridge = false;

    protected override IReadOnlyList<string> Taps() => _node.TapNames;
}
