using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Havm.Runtime.Ports;

namespace Havm.Datastore;

/// <summary>
/// A watchdog behind a unix datagram socket that hears `arm SECONDS`, `feed` and `disarm`. It is armed by the first
/// feeding and, because its other end may restart and forget, told the time again after every trouble. Sending never
/// blocks: a full socket is a feeding lost, and the next one comes in a second.
/// </summary>
public sealed class SocketWatchdog(string path, TimeSpan timeout) : IWatchdog
{
    private static readonly byte[] FeedWord = "feed"u8.ToArray();
    private static readonly byte[] DisarmWord = "disarm"u8.ToArray();

    private readonly byte[] _armWord =
        Encoding.ASCII.GetBytes("arm " + timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture));

    private readonly Lock _lock = new();
    private Socket? _socket;

    /// <summary>True while the last word was taken.</summary>
    public bool Armed { get; private set; }

    public void Feed()
    {
        lock (_lock)
        {
            Armed = Armed ? Send(FeedWord) : Send(_armWord);
        }
    }

    public void Disarm()
    {
        lock (_lock)
        {
            Send(DisarmWord);
            Armed = false;
        }
    }

    /// <summary>Leaves it armed: who feeds it next must come in time.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            Close();
        }

        return ValueTask.CompletedTask;
    }

    private bool Send(byte[] word)
    {
        try
        {
            _socket ??= Connect();
            _socket.Send(word);
            return true;
        }
        catch (SocketException)
        {
            Close();
            return false;
        }
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    private void Close()
    {
        _socket?.Dispose();
        _socket = null;
        Armed = false;
    }
}
