using Havm.Runtime.Ports;
using Havm.Wire.Node;

namespace Havm.Contracts.Transport;

/// <summary>What every node transport promises; run by the real one and by its simulated twin.</summary>
public abstract class NodeTransportContract : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _made = [];
    private readonly CancellationTokenSource _end = new();

    /// <summary>A listener at this test's address; each call makes another one at the same address.</summary>
    protected abstract INodeListener MakeListener();

    /// <summary>A link to this test's address.</summary>
    protected abstract INodeLink MakeLink(string peer);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        foreach (IAsyncDisposable one in Enumerable.Reverse(_made))
        {
            await one.DisposeAsync();
        }

        await CleanAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_beat_arrives_and_its_answer_comes_back()
    {
        await ListenAsync(new ListenerRecorder { Answers = true });
        (INodeLink link, LinkRecorder node) = await ConnectAsync("n1");

        Assert.True(link.Send(Frames.Beat(7)));

        ControllerFrame answer = await node.NextAnswerAsync();
        Assert.Equal(Frames.Answer(7), answer);
    }

    [Fact]
    public async Task Frames_of_one_connection_keep_their_order_both_ways()
    {
        var controller = new ListenerRecorder { Answers = true };
        await ListenAsync(controller);
        (INodeLink link, LinkRecorder node) = await ConnectAsync("n1");

        for (int burst = 0; burst < 20; burst++)
        {
            for (int i = 1; i <= 16; i++)
            {
                Assert.True(link.Send(Frames.Beat((burst * 16) + i)));
            }

            for (int i = 1; i <= 16; i++)
            {
                Assert.Equal((burst * 16) + i, (await controller.NextHeardAsync()).Frame.Warden!.Sequence);
                Assert.Equal((burst * 16) + i, (await node.NextAnswerAsync()).Answers);
            }
        }
    }

    [Fact]
    public async Task Frames_of_a_mebibyte_pass_both_ways()
    {
        var controller = new ListenerRecorder();
        await ListenAsync(controller);
        (INodeLink link, LinkRecorder node) = await ConnectAsync("n1");
        string large = new('x', 1_000_000);

        Assert.True(link.Send(Frames.Beat(1, large)));
        (INodeConnection from, NodeFrame heard) = await controller.NextHeardAsync();
        Assert.Equal(large, heard.Warden!.Cluster);

        Assert.True(from.Send(Frames.Answer(0, large + large + large)));
        Assert.Equal(3_000_000, (await node.NextAnswerAsync()).Refused!.Length);
    }

    [Fact]
    public async Task The_end_of_a_node_process_is_told_once()
    {
        var controller = new ListenerRecorder();
        await ListenAsync(controller);
        (INodeLink link, LinkRecorder node) = await ConnectAsync("n1");
        link.Send(Frames.Beat(1));
        INodeConnection connection = (await controller.NextHeardAsync()).From;

        await link.DisposeAsync();

        Assert.Same(connection, await controller.NextClosedAsync());
        Assert.Equal("disconnected", await node.NextTurnAsync());
        Assert.False(connection.Send(Frames.Answer(1)));
        connection.Close("again");
        await AnotherBeatAsync(controller);
        Assert.True(controller.NothingClosed);
        Assert.True(node.NoMoreTurns);
    }

    [Fact]
    public async Task A_connection_that_the_controller_closes_comes_again()
    {
        var controller = new ListenerRecorder();
        await ListenAsync(controller);
        (INodeLink link, LinkRecorder node) = await ConnectAsync("n1");
        link.Send(Frames.Beat(1));
        INodeConnection first = (await controller.NextHeardAsync()).From;

        first.Close("for the test");

        Assert.Same(first, await controller.NextClosedAsync());
        Assert.Equal("disconnected", await node.NextTurnAsync());
        Assert.Equal("connected", await node.NextTurnAsync());
        Assert.True(link.Send(Frames.Beat(2)));
        (INodeConnection second, NodeFrame frame) = await controller.NextHeardAsync();
        Assert.NotSame(first, second);
        Assert.Equal(2, frame.Warden!.Sequence);
    }

    [Fact]
    public async Task A_link_finds_the_controller_again_after_its_restart()
    {
        INodeListener old = await ListenAsync(new ListenerRecorder());
        (INodeLink link, LinkRecorder node) = await ConnectAsync("n1");

        await old.DisposeAsync();
        Assert.Equal("disconnected", await node.NextTurnAsync());
        Assert.False(link.Send(Frames.Beat(1)));
        await ListenAsync(new ListenerRecorder { Answers = true });

        Assert.Equal("connected", await node.NextTurnAsync());
        Assert.True(link.Send(Frames.Beat(2)));
        Assert.Equal(2, (await node.NextAnswerAsync()).Answers);
    }

    [Fact]
    public async Task A_link_that_is_not_connected_keeps_nothing()
    {
        INodeLink link = Keep(MakeLink("n1"));
        var node = new LinkRecorder();
        _ = link.RunAsync(node, _end.Token);

        Assert.False(link.Send(Frames.Beat(1)));
        link.SendDatagram(Frames.Datagram(1));

        var controller = new ListenerRecorder();
        await ListenAsync(controller);
        Assert.Equal("connected", await node.NextTurnAsync());
        Assert.True(link.Send(Frames.Beat(2)));
        Assert.Equal(2, (await controller.NextHeardAsync()).Frame.Warden!.Sequence);
    }

    [Fact]
    public async Task A_frame_over_the_limit_ends_its_own_connection_alone()
    {
        var controller = new ListenerRecorder();
        await ListenAsync(controller);
        (INodeLink bad, LinkRecorder badNode) = await ConnectAsync("n1");
        (INodeLink good, LinkRecorder goodNode) = await ConnectAsync("n2");
        good.Send(Frames.Beat(1));
        INodeConnection goodConnection = (await controller.NextHeardAsync()).From;

        bad.Send(Frames.Beat(1, new string('x', (1 << 20) + 1)));

        Assert.NotSame(goodConnection, await controller.NextClosedAsync());
        Assert.Equal("disconnected", await badNode.NextTurnAsync());
        Assert.True(good.Send(Frames.Beat(2)));
        (INodeConnection from, NodeFrame frame) = await controller.NextHeardAsync();
        Assert.Same(goodConnection, from);
        Assert.Equal(2, frame.Warden!.Sequence);
        Assert.True(goodNode.NoMoreTurns);
    }

    [Fact]
    public async Task A_node_that_takes_nothing_is_given_up_and_not_waited_for()
    {
        var controller = new ListenerRecorder();
        await ListenAsync(controller);
        (INodeLink link, LinkRecorder node) = await ConnectAsync("n1");
        link.Send(Frames.Beat(1));
        INodeConnection connection = (await controller.NextHeardAsync()).From;
        node.Reading.Reset();

        string large = new('x', 1_000_000);
        int sent = 0;
        while (sent < 1000 && connection.Send(Frames.Answer(0, large)))
        {
            sent++;
        }

        Assert.InRange(sent, 1, 200);
        node.Reading.Set();
        Assert.Same(connection, await controller.NextClosedAsync());
        Assert.False(connection.Send(Frames.Answer(0)));
    }

    [Fact]
    public async Task A_datagram_is_heard_without_any_connection()
    {
        var controller = new ListenerRecorder();
        await ListenAsync(controller);
        INodeLink link = Keep(MakeLink("n1"));

        link.SendDatagram(Frames.Datagram(5));

        Assert.Equal(Frames.Datagram(5), await controller.NextDatagramAsync());
    }

    [Fact]
    public async Task An_address_in_use_is_refused_by_name()
    {
        await ListenAsync(new ListenerRecorder());
        INodeListener second = Keep(MakeListener());

        var error = await Assert.ThrowsAsync<TransportException>(
            () => second.StartAsync(new ListenerRecorder(), CancellationToken.None));

        Assert.Contains(Address, error.Message, StringComparison.Ordinal);
        Assert.Contains("stop", error.Message, StringComparison.Ordinal);
    }

    /// <summary>This test's address as messages name it.</summary>
    protected abstract string Address { get; }

    protected virtual ValueTask CleanAsync() => ValueTask.CompletedTask;

    private protected async Task<INodeListener> ListenAsync(ListenerRecorder sink)
    {
        INodeListener listener = Keep(MakeListener());
        await listener.StartAsync(sink, CancellationToken.None);
        return listener;
    }

    private protected async Task<(INodeLink Link, LinkRecorder Sink)> ConnectAsync(string peer)
    {
        INodeLink link = Keep(MakeLink(peer));
        var sink = new LinkRecorder();
        _ = link.RunAsync(sink, _end.Token);
        Assert.Equal("connected", await sink.NextTurnAsync());
        return (link, sink);
    }

    protected T Keep<T>(T made) where T : IAsyncDisposable
    {
        _made.Add(made);
        return made;
    }

    /// <summary>Passes once a later beat has gone all the way: what was told before it has been told by now.</summary>
    private async Task AnotherBeatAsync(ListenerRecorder controller)
    {
        (INodeLink link, _) = await ConnectAsync("later");
        Assert.True(link.Send(Frames.Beat(99)));
        Assert.Equal(99, (await controller.NextHeardAsync()).Frame.Warden!.Sequence);
    }
}
