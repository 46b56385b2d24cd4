using System.Net;
using System.Net.Sockets;
using System.Text;
using Havm.Runtime.Ports;
using Havm.Transport.Http;
using Havm.Transport.Http.Server;

namespace Havm.Contracts.Transport;

public sealed class HttpNodeTransportTests : NodeTransportContract
{
    private readonly IPEndPoint _address = new(IPAddress.Loopback, FreePorts.Pair());

    protected override string Address => _address.ToString();

    protected override INodeListener MakeListener() => new HttpNodeListener(_address);

    protected override INodeLink MakeLink(string peer) => new HttpNodeLink(_address);

    [Theory]
    [InlineData("{\"warden\": {\"cluster\": \"lab\"}}\n")]
    [InlineData("not json\n")]
    [InlineData("null\n")]
    [InlineData("{\"warden\":{\"cluster\":\"lab\",\"node\":7,\"boot\":\"b\",\"life\":\"l\",\"sequence\":1}}\n")]
    [InlineData("{\"warden\":{\"cluster\":null,\"node\":\"n\",\"boot\":\"b\",\"life\":\"l\",\"sequence\":1}}\n")]
    [InlineData("[[[[[[[[\n")]
    public async Task What_is_no_frame_ends_its_own_connection_alone(string line)
    {
        var controller = new ListenerRecorder();
        await ListenAsync(controller);
        (INodeLink good, LinkRecorder node) = await ConnectAsync("n1");

        using var raw = new RawLink(_address);
        await raw.WriteAsync(Encoding.UTF8.GetBytes(line));

        await controller.NextClosedAsync();
        Assert.True(good.Send(Frames.Beat(3)));
        Assert.Equal(3, (await controller.NextHeardAsync()).Frame.Warden!.Sequence);
        Assert.True(node.NoMoreTurns);
    }

    [Fact]
    public async Task A_frame_of_a_later_version_is_passed_over()
    {
        var controller = new ListenerRecorder();
        await ListenAsync(controller);
        using var raw = new RawLink(_address);

        await raw.WriteAsync("{\"laterKind\": {\"x\": 1}}\n\r\n"u8.ToArray());
        await raw.WriteAsync(
            "{\"warden\":{\"cluster\":\"l\",\"node\":\"n\",\"boot\":\"b\",\"life\":\"l\",\"sequence\":4,\"new\":1}}\n"u8
                .ToArray());

        Assert.Equal(4, (await controller.NextHeardAsync()).Frame.Warden!.Sequence);
        Assert.True(controller.NothingClosed);
    }

    [Fact]
    public async Task A_line_without_end_is_cut_off_at_the_limit()
    {
        var controller = new ListenerRecorder();
        await ListenAsync(controller);
        using var raw = new RawLink(_address);
        byte[] chunk = Enumerable.Repeat((byte)'x', 64 << 10).ToArray();

        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            for (int i = 0; i < 1000; i++)
            {
                await raw.WriteAsync(chunk);
            }
        });

        await controller.NextClosedAsync();
        Assert.InRange(raw.Written, 1 << 20, 8 << 20);
    }

    [Fact]
    public async Task A_datagram_that_is_no_beat_is_dropped()
    {
        var controller = new ListenerRecorder();
        await ListenAsync(controller);
        using var socket = new UdpClient(AddressFamily.InterNetwork);
        var to = new IPEndPoint(_address.Address, _address.Port + 1);

        socket.Send("garbage"u8.ToArray(), to);
        socket.Send(new byte[TransportSettings.DatagramBytes + 500], to);
        socket.Send("{}"u8.ToArray(), to);
        INodeLink link = Keep(MakeLink("n1"));
        link.SendDatagram(Frames.Datagram(9));

        Assert.Equal(9, (await controller.NextDatagramAsync()).Sequence);
    }

    [Fact]
    public async Task An_address_of_no_interface_is_refused_with_a_remedy()
    {
        await using var listener = new HttpNodeListener(new IPEndPoint(IPAddress.Parse("203.0.113.9"), _address.Port));

        var error = await Assert.ThrowsAsync<TransportException>(
            () => listener.StartAsync(new ListenerRecorder(), CancellationToken.None));

        Assert.Contains("203.0.113.9", error.Message, StringComparison.Ordinal);
        Assert.Contains("ip address", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_datagram_port_in_use_is_refused_by_name()
    {
        using var taken = new UdpClient(new IPEndPoint(_address.Address, _address.Port + 1));
        INodeListener listener = Keep(MakeListener());

        var error = await Assert.ThrowsAsync<TransportException>(
            () => listener.StartAsync(new ListenerRecorder(), CancellationToken.None));

        Assert.Contains($"UDP {_address.Address}:{_address.Port + 1}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_that_only_opens_the_socket_costs_nobody_else()
    {
        var controller = new ListenerRecorder();
        await ListenAsync(controller);
        using var mute = new TcpClient();
        await mute.ConnectAsync(_address, TestContext.Current.CancellationToken);

        (INodeLink link, _) = await ConnectAsync("n1");

        Assert.True(link.Send(Frames.Beat(1)));
        Assert.Equal(1, (await controller.NextHeardAsync()).Frame.Warden!.Sequence);
    }

    [Fact]
    public async Task A_silent_peer_is_forgotten()
    {
        var controller = new ListenerRecorder();
        INodeListener listener = Keep(new HttpNodeListener(
            _address, new TransportSettings { SilenceDeadline = TimeSpan.FromMilliseconds(200) }));
        await listener.StartAsync(controller, CancellationToken.None);
        (INodeLink link, LinkRecorder node) = await ConnectAsync("n1");
        link.Send(Frames.Beat(1));
        INodeConnection connection = (await controller.NextHeardAsync()).From;

        Assert.Same(connection, await controller.NextClosedAsync());
        Assert.Equal("disconnected", await node.NextTurnAsync());
    }
}
