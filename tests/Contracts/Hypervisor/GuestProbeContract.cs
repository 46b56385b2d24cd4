using Havm.Model;
using Havm.Network;
using Havm.Runtime.Ports;
using Havm.Simulator.Host;

namespace Havm.Contracts.Hypervisor;

/// <summary>What asking guests of other nodes on their own network promises.</summary>
public abstract class GuestProbeContract : IDisposable
{
    protected static readonly GuestCard One = new(new InstanceName("one"), "02:aa:00:00:00:01", "10.9.0.1");
    protected static readonly GuestCard Two = new(new InstanceName("two"), "02:aa:00:00:00:02", "10.9.0.2");
    private static readonly GuestCard Nobody = new(new InstanceName("nobody"), "02:aa:00:00:00:03", "10.9.0.3");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>One and Two answer on its network, and nobody else does.</summary>
    protected abstract IGuestProbe Probe { get; }

    public abstract void Dispose();

    /// <summary>Runs a test where the network is.</summary>
    protected abstract Task InsideAsync(Func<Task> body);

    protected abstract void LoseNetwork();

    [Fact]
    public Task Who_answers_is_told_in_the_order_asked_and_who_does_not_is_left_out() => InsideAsync(async () =>
    {
        Assert.Equal([Two.Instance, One.Instance], await Probe.AskAsync([Two, Nobody, One], Cancel));
        Assert.Empty(await Probe.AskAsync([Nobody], Cancel));
        Assert.Empty(await Probe.AskAsync([], Cancel));
    });

    [Fact]
    public Task An_address_at_which_another_card_answers_is_no_answer() => InsideAsync(async () =>
        Assert.Empty(await Probe.AskAsync([One with { Mac = Nobody.Mac }], Cancel)));

    [Fact]
    public Task As_many_as_one_question_may_name_are_asked_at_once() => InsideAsync(async () =>
    {
        var others = Enumerable.Range(1, GuestCard.AtOnce - 2).Select(i =>
            new GuestCard(new InstanceName($"other-{i}"), $"02:aa:00:00:01:{i:x2}", $"10.9.1.{i}"));

        Assert.Equal([One.Instance, Two.Instance], await Probe.AskAsync([One, .. others, Two], Cancel));
    });

    [Fact]
    public Task Where_the_network_is_missing_nobody_answers() => InsideAsync(async () =>
    {
        LoseNetwork();

        Assert.Empty(await Probe.AskAsync([One, Two], Cancel));
    });
}

/// <summary>ARP on a real bridge, in a namespace of the test's own; two cards behind it stand for the guests.</summary>
public sealed class ArpProbeTests : GuestProbeContract
{
    private readonly NamespaceThread _namespace = new();

    public ArpProbeTests()
    {
        _namespace.IpInside("link", "add", "br0", "type", "bridge");
        foreach (var (card, i) in new[] { One, Two }.Select((card, i) => (card, i)))
        {
            _namespace.IpInside("link", "add", $"p{i}", "type", "veth", "peer", "name", $"g{i}");
            _namespace.IpInside("link", "set", $"g{i}", "address", card.Mac, "up");
            _namespace.IpInside("link", "set", $"p{i}", "master", "br0", "up");
            _namespace.IpInside("addr", "add", $"{card.Address}/16", "dev", $"g{i}");
        }

        _namespace.IpInside("link", "set", "br0", "up");
    }

    protected override IGuestProbe Probe { get; } = new ArpProbe("br0");

    public override void Dispose() => _namespace.Dispose();

    protected override Task InsideAsync(Func<Task> body) => _namespace.RunAsync(body);

    protected override void LoseNetwork() => _namespace.IpInside("link", "del", "br0");
}

/// <summary>The twin.</summary>
public sealed class SimulatedGuestProbeTests : GuestProbeContract
{
    private readonly List<GuestCard> _cards = [One, Two];

    public SimulatedGuestProbeTests() => Probe = new SimulatedGuestProbe(
        card => _cards.Exists(there => there.Mac == card.Mac && there.Address == card.Address));

    protected override IGuestProbe Probe { get; }

    public override void Dispose()
    {
        // Nothing outside memory was made.
    }

    protected override Task InsideAsync(Func<Task> body) => body();

    protected override void LoseNetwork() => _cards.Clear();
}
