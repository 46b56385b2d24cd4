using System.Net;
using System.Net.Sockets;
using Havm.Runtime.Ports;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Havm.Transport.Http.Server;

/// <summary>
/// Listens for node links on one TCP port (HTTP/2 without TLS, prior knowledge) and for datagram beats on the UDP port
/// after it. A bare Kestrel, apart from the server that answers people: neither can starve or reconfigure the other.
/// Which addresses may be bound is the caller's rule. Sinks must not throw.
/// </summary>
public sealed class HttpNodeListener(
    IPEndPoint at, TransportSettings? settings = null, ILoggerFactory? logs = null) : INodeListener
{
    private readonly TransportSettings _settings = settings ?? new TransportSettings();
    private readonly ILoggerFactory _logs = logs ?? NullLoggerFactory.Instance;
    private KestrelServer? _server;
    private DatagramListener? _datagrams;
    private LinkApplication? _application;
    private Timer? _sweep;
    private int _disposed;

    public async Task StartAsync(INodeSink sink, CancellationToken cancel)
    {
        if (_server is not null)
        {
            throw new InvalidOperationException("a node listener is started once");
        }

        _application = new LinkApplication(sink, _settings, _logs.CreateLogger("transport"));
        _server = MakeServer();
        try
        {
            await _server.StartAsync(_application, cancel).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            throw Unusable("TCP", at, error);
        }

        var datagramAddress = new IPEndPoint(at.Address, at.Port + 1);
        try
        {
            _datagrams = new DatagramListener(datagramAddress, sink);
        }
        catch (SocketException error)
        {
            throw Unusable("UDP", datagramAddress, error);
        }

        TimeSpan period = _settings.SilenceDeadline / 6;
        _sweep = new Timer(_ => _application.CloseSilent(), null, period, period);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        if (_sweep is not null)
        {
            await _sweep.DisposeAsync().ConfigureAwait(false);
        }

        if (_datagrams is not null)
        {
            await _datagrams.DisposeAsync().ConfigureAwait(false);
        }

        _application?.CloseAll("the controller stops listening");
        if (_server is not null)
        {
            // Already cancelled: every connection is dropped at once, none is waited for.
            await _server.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
            _server.Dispose();
        }
    }

    private KestrelServer MakeServer()
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Limits.Http2.MaxStreamsPerConnection = 1;
        options.Listen(at, listen => listen.Protocols = HttpProtocols.Http2);
        var sockets = new SocketTransportOptions { CreateBoundListenSocket = Bind };
        return new KestrelServer(
            Options.Create(options), new SocketTransportFactory(Options.Create(sockets), _logs), _logs);
    }

    private Socket Bind(EndPoint endpoint) =>
        LinkSocket.Prepare(
            SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint), _settings.AcknowledgeDeadline);

    private static TransportException Unusable(string protocol, IPEndPoint address, Exception error)
    {
        SocketError code = (error as SocketException ?? error.InnerException as SocketException
            ?? error.InnerException?.InnerException as SocketException)?.SocketErrorCode ?? SocketError.SocketError;
        string remedy = code switch
        {
            SocketError.AddressAlreadyInUse =>
                "another process has it: find it with 'ss -lnp', stop it, or choose another port",
            SocketError.AddressNotAvailable => "no interface of this machine has the address: see 'ip address'",
            SocketError.AccessDenied => "this user may not bind it: use a port above 1023 or run as root",
            _ => "check the address and the port",
        };
        string reason = code == SocketError.SocketError ? error.Message : new SocketException((int)code).Message;
        return new TransportException($"cannot listen for nodes on {protocol} {address}: {reason}; {remedy}", error);
    }
}
