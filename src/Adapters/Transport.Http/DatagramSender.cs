using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Havm.Wire.Node;

namespace Havm.Transport.Http;

/// <summary>
/// Sends beats as datagrams, never waiting and never complaining: without a route, before the network is up, or with
/// nobody there, a datagram is just lost.
/// </summary>
internal sealed class DatagramSender : IDisposable
{
    private readonly SocketAddress _to;
    private readonly Socket _socket;

    public DatagramSender(IPEndPoint to)
    {
        _to = to.Serialize();
        _socket = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
    }

    public void Send(DatagramBeat beat)
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(beat, NodeJson.Default.DatagramBeat);
        try
        {
            _socket.SendTo(bytes, SocketFlags.None, _to);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Losing a datagram is no error: the stream carries the beat that counts.
        }
    }

    public void Dispose() => _socket.Dispose();
}
