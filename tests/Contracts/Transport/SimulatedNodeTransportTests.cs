using System.Threading.Channels;
using Havm.Runtime.Ports;
using Havm.Simulator.Transport;

namespace Havm.Contracts.Transport;

public sealed class SimulatedNodeTransportTests : NodeTransportContract
{
    private readonly Channel<Action> _deliveries = Channel.CreateUnbounded<Action>();
    private readonly SimulatedNodeNetwork _network;
    private readonly Task _pump;

    public SimulatedNodeTransportTests()
    {
        _network = new SimulatedNodeNetwork(delivery => _deliveries.Writer.TryWrite(delivery), TimeProvider.System);
        _pump = Task.Run(async () =>
        {
            await foreach (Action delivery in _deliveries.Reader.ReadAllAsync())
            {
                delivery();
            }
        });
    }

    protected override string Address => "controller";

    protected override INodeListener MakeListener() => _network.MakeListener(Address);

    protected override INodeLink MakeLink(string peer) => _network.MakeLink(peer, Address);

    protected override async ValueTask CleanAsync()
    {
        _deliveries.Writer.Complete();
        await _pump;
    }

    [Fact]
    public async Task Across_a_cut_not_even_the_end_of_a_stream_arrives()
    {
        var controller = new ListenerRecorder();
        await ListenAsync(controller);
        (INodeLink cut, LinkRecorder node) = await ConnectAsync("n1");
        (INodeLink other, _) = await ConnectAsync("n2");
        _network.Cut("n1");

        Assert.True(cut.Send(Frames.Beat(1)));
        await cut.DisposeAsync();
        Assert.Equal("disconnected", await node.NextTurnAsync());

        Assert.True(other.Send(Frames.Beat(2)));
        Assert.Equal(2, (await controller.NextHeardAsync()).Frame.Warden!.Sequence);
        Assert.True(controller.NothingClosed);
    }
}
