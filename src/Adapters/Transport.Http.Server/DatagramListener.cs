using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Havm.Runtime.Ports;
using Havm.Wire.Node;

namespace Havm.Transport.Http.Server;

/// <summary>Hears datagram beats. What is not one is dropped without a word: anybody can send a datagram.</summary>
internal sealed class DatagramListener : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _hearing;

    /// <summary>Binds and begins to hear; throws <see cref="SocketException"/> when it cannot.</summary>
    public DatagramListener(IPEndPoint at, INodeSink sink)
    {
        _socket = new Socket(at.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            _socket.Bind(at);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        _hearing = HearAsync(sink);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _hearing.ConfigureAwait(false);
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task HearAsync(INodeSink sink)
    {
        // One byte more than the limit, so that a datagram cut short by the buffer is seen to be too long.
        byte[] buffer = new byte[TransportSettings.DatagramBytes + 1];
        while (!_stop.IsCancellationRequested)
        {
            int count;
            try
            {
                count = await _socket.ReceiveAsync(buffer, SocketFlags.None, _stop.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (error is SocketException or OperationCanceledException)
            {
                continue;
            }

            if (count <= TransportSettings.DatagramBytes && Decode(buffer.AsSpan(0, count)) is { } beat)
            {
                sink.Datagram(beat);
            }
        }
    }

    private static DatagramBeat? Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, NodeJson.Default.DatagramBeat) is
                { Cluster: not null, Node.Value: not null, Boot.Value: not null, Life.Value: not null } beat
                ? beat
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
