using System.Net;
using Havm.Runtime.Ports;
using Havm.Wire.Node;

namespace Havm.Transport.Http.Server;

/// <summary>One node process, connected. Closing drops its TCP connection; the read loop then tells the sink.</summary>
internal sealed class HttpNodeConnection(
    IPEndPoint? remote, TransportSettings settings, Action dropConnection) : INodeConnection
{
    private readonly FrameQueue<ControllerFrame> _queue =
        new(NodeJson.Default.ControllerFrame, settings.QueueFrames, settings.WriteDeadline);

    private long _heardAt = Environment.TickCount64;
    private int _closed;

    public string Peer => $"{remote}";

    /// <summary>From another machine these two would be that machine itself, or another link.</summary>
    public string? Address => remote is null || IPAddress.IsLoopback(remote.Address) || remote.Address.IsIPv6LinkLocal
        ? null : remote.Address.ToString();

    /// <summary>Why it ended, for people; null while it is open.</summary>
    public string? Reason { get; private set; }

    public TimeSpan SilentFor => TimeSpan.FromMilliseconds(Environment.TickCount64 - Volatile.Read(ref _heardAt));

    public bool Send(ControllerFrame frame)
    {
        if (Volatile.Read(ref _closed) != 0)
        {
            return false;
        }

        if (!_queue.Add(frame))
        {
            Close($"{settings.QueueFrames} frames wait for a node that takes none");
            return false;
        }

        return true;
    }

    public void Close(string reason)
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            Reason = reason;
            _queue.End();
            dropConnection();
        }
    }

    public void WasHeard() => Volatile.Write(ref _heardAt, Environment.TickCount64);

    /// <summary>Writes queued frames until the connection ends; a peer that accepts nothing ends it.</summary>
    public async Task PumpAsync(Stream to, CancellationToken cancel)
    {
        try
        {
            // The head of the answer leaves with the first flush, and is what tells the node that it is connected.
            await to.FlushAsync(cancel).ConfigureAwait(false);
            await _queue.PumpAsync(to, cancel).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or TimeoutException
            or InvalidOperationException)
        {
            Close(error.Message);
        }
    }
}
