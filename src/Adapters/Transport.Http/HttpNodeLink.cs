using System.Net;
using System.Net.Sockets;
using Havm.Runtime.Ports;
using Havm.Wire.Node;

namespace Havm.Transport.Http;

/// <summary>
/// A node process's link to one controller: one HTTP/2 request whose body and answer both stay open, over a TCP
/// connection of its own, so that the connection's end and the link's end are the same event. A node that several
/// controllers listen to holds one link each. Sinks must not throw.
/// </summary>
public sealed class HttpNodeLink : INodeLink
{
    private readonly IPEndPoint _controller;
    private readonly TransportSettings _settings;
    private readonly DatagramSender _datagrams;
    private readonly CancellationTokenSource _disposed = new();
    private volatile LinkAttempt? _current;
    private Task _running = Task.CompletedTask;
    private int _started;

    public HttpNodeLink(IPEndPoint controller, TransportSettings? settings = null)
    {
        _controller = controller;
        _settings = settings ?? new TransportSettings();
        _datagrams = new DatagramSender(new IPEndPoint(controller.Address, controller.Port + 1));
    }

    /// <summary>Why the last attempt failed or the last connection ended, for people; null while connected.</summary>
    public string? Trouble { get; private set; }

    /// <summary>
    /// Connects again and again; returns when cancelled or disposed. Each Connected is followed by exactly one
    /// Disconnected. Called once.
    /// </summary>
    public Task RunAsync(INodeLinkSink sink, CancellationToken cancel)
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException("a node link is run once");
        }

        return _running = LoopAsync(sink, cancel);
    }

    public bool Send(NodeFrame frame) => _current?.Send(frame) ?? false;

    public void SendDatagram(DatagramBeat beat) => _datagrams.Send(beat);

    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _datagrams.Dispose();
    }

    private async Task LoopAsync(INodeLinkSink sink, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, _disposed.Token);
        TimeSpan pause = _settings.ShortestPause;
        while (!stop.IsCancellationRequested)
        {
            if (await AttemptAsync(sink, stop.Token).ConfigureAwait(false))
            {
                pause = _settings.ShortestPause;
            }

            // A fifth of chance keeps a thousand nodes from knocking in step after a controller's restart.
            TimeSpan wait = pause * (0.8 + (0.2 * Random.Shared.NextDouble()));
            await Task.Delay(wait, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < _settings.LongestPause ? pause * 2 : _settings.LongestPause;
        }
    }

    /// <summary>One connection, from dialling to its end; true when it was ever up.</summary>
    private async Task<bool> AttemptAsync(INodeLinkSink sink, CancellationToken stop)
    {
        using var attempt = new LinkAttempt(_controller, _settings, stop);
        FrameReader<ControllerFrame> answers;
        try
        {
            answers = await attempt.ConnectAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (IsExpected(error))
        {
            Trouble = $"controller {_controller}: {attempt.Explain(error)}";
            return false;
        }

        Trouble = null;
        _current = attempt;
        sink.Connected();
        string reason;
        try
        {
            reason = await attempt.ReadAsync(answers, sink).ConfigureAwait(false);
        }
        catch (Exception error) when (IsExpected(error))
        {
            reason = attempt.Explain(error);
        }

        _current = null;
        Trouble = $"controller {_controller}: {reason}";
        sink.Disconnected(reason);
        return true;
    }

    private static bool IsExpected(Exception error) =>
        error is HttpRequestException or IOException or OperationCanceledException or SocketException
            or ObjectDisposedException;
}
