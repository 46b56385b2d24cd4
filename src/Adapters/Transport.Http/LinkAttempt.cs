using System.Net;
using System.Net.Sockets;
using Havm.Runtime.Ports;
using Havm.Wire.Node;

namespace Havm.Transport.Http;

/// <summary>One connection of a node link, from dialling to its end; its TCP connection ends with it.</summary>
internal sealed class LinkAttempt : IDisposable
{
    private readonly IPEndPoint _controller;
    private readonly TransportSettings _settings;
    private readonly CancellationTokenSource _end;
    private readonly HttpMessageInvoker _invoker;
    private readonly FrameQueue<NodeFrame> _queue;
    private HttpResponseMessage? _response;
    private volatile string? _cause;

    public LinkAttempt(IPEndPoint controller, TransportSettings settings, CancellationToken stop)
    {
        _controller = controller;
        _settings = settings;
        _end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _queue = new FrameQueue<NodeFrame>(NodeJson.Default.NodeFrame, settings.QueueFrames, settings.WriteDeadline);
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = settings.ConnectDeadline,
            ConnectCallback = DialAsync,
        });
    }

    /// <summary>Dials and waits for the head of the answer; what it returns reads the controller's frames.</summary>
    public async Task<FrameReader<ControllerFrame>> ConnectAsync()
    {
        _end.CancelAfter(_settings.ConnectDeadline * 2);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{_controller}{TransportSettings.Path}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new FrameContent(_queue, error => EndWith(Explain(error))),
        };
        _response = await _invoker.SendAsync(request, _end.Token).ConfigureAwait(false);
        _response.EnsureSuccessStatusCode();
        _end.CancelAfter(Timeout.InfiniteTimeSpan);
        Stream body = await _response.Content.ReadAsStreamAsync(_end.Token).ConfigureAwait(false);
        return new FrameReader<ControllerFrame>(body, NodeJson.Default.ControllerFrame, _settings.ControllerLineBytes);
    }

    /// <summary>Hands answers to the sink until the stream ends; returns why it ended.</summary>
    public async Task<string> ReadAsync(FrameReader<ControllerFrame> answers, INodeLinkSink sink)
    {
        while (true)
        {
            FrameRead<ControllerFrame> read = await answers.ReadAsync(_end.Token).ConfigureAwait(false);
            if (read.Frame is not { } frame)
            {
                return read.Trouble ?? "the controller closed the stream";
            }

            sink.Answered(frame);
        }
    }

    public bool Send(NodeFrame frame)
    {
        if (_end.IsCancellationRequested)
        {
            return false;
        }

        if (!_queue.Add(frame))
        {
            EndWith($"{_settings.QueueFrames} frames wait for a controller that takes none");
            return false;
        }

        return true;
    }

    /// <summary>The words for an ended attempt: what ended it first, not the echo that reached the reader.</summary>
    public string Explain(Exception error) => _cause ?? error switch
    {
        OperationCanceledException => "this process ended it, or no answer came in time",
        { InnerException: { } inner } => inner.Message,
        _ => error.Message,
    };

    public void Dispose()
    {
        _queue.End();
        _end.Cancel();
        _response?.Dispose();
        _invoker.Dispose();
        _end.Dispose();
    }

    private void EndWith(string cause)
    {
        _cause ??= cause;
        try
        {
            _end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The attempt is over already; a late sender or the pump found out by itself.
        }
    }

    private async ValueTask<Stream> DialAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(_controller.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            LinkSocket.Prepare(socket, _settings.AcknowledgeDeadline);
            await socket.ConnectAsync(_controller, cancel).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
