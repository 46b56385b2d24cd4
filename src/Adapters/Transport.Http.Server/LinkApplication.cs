using System.Collections.Concurrent;
using System.Net;
using Havm.Runtime.Ports;
using Havm.Wire.Node;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Havm.Transport.Http.Server;

/// <summary>Serves the one request a node makes and keeps it open: its body is beats, its answer is answers.</summary>
internal sealed partial class LinkApplication(INodeSink sink, TransportSettings settings, ILogger log)
    : IHttpApplication<HttpContext>
{
    private readonly ConcurrentDictionary<HttpNodeConnection, bool> _open = new();

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public Task ProcessRequestAsync(HttpContext context)
    {
        if (context.Request.Path != TransportSettings.Path)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return Task.CompletedTask;
        }

        return ServeAsync(context);
    }

    /// <summary>Forgets peers that have been silent too long: a node without power ends no stream.</summary>
    public void CloseSilent()
    {
        foreach (HttpNodeConnection connection in _open.Keys)
        {
            if (connection.SilentFor > settings.SilenceDeadline)
            {
                connection.Close($"nothing heard for {settings.SilenceDeadline.TotalSeconds:0.#} s");
            }
        }
    }

    public void CloseAll(string reason)
    {
        foreach (HttpNodeConnection connection in _open.Keys)
        {
            connection.Close(reason);
        }
    }

    /// <summary>An IPv4 peer of a socket that takes both looks like IPv6, and nobody asks for it so.</summary>
    private static IPEndPoint? Remote(ConnectionInfo connection) => connection.RemoteIpAddress is not { } address ? null
        : new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, connection.RemotePort);

    private async Task ServeAsync(HttpContext context)
    {
        IConnectionLifetimeFeature? lifetime = context.Features.Get<IConnectionLifetimeFeature>();
        var connection = new HttpNodeConnection(Remote(context.Connection), settings, () =>
        {
            if (lifetime is null)
            {
                context.Abort();
            }
            else
            {
                lifetime.Abort();
            }
        });
        CancellationToken ended = context.RequestAborted;
        _open.TryAdd(connection, true);
        Task pump = connection.PumpAsync(context.Response.Body, ended);
        try
        {
            await ReadAsync(connection, context.Request.Body, ended).ConfigureAwait(false);
        }
        finally
        {
            connection.Close("the node ended the stream");
            _open.TryRemove(connection, out _);
            await pump.ConfigureAwait(false);
            LogEnd(log, connection.Peer, connection.Reason);
            sink.Closed(connection);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "transport: link of {Peer} ended: {Reason}")]
    private static partial void LogEnd(ILogger log, string peer, string? reason);

    private async Task ReadAsync(HttpNodeConnection connection, Stream body, CancellationToken ended)
    {
        var reader = new FrameReader<NodeFrame>(body, NodeJson.Default.NodeFrame, settings.NodeLineBytes);
        try
        {
            while (true)
            {
                FrameRead<NodeFrame> read = await reader.ReadAsync(ended).ConfigureAwait(false);
                if (read.Frame is not { } frame || (frame.Warden is not null && frame.Agent is not null))
                {
                    connection.Close(read.Trouble ?? "the node ended the stream");
                    return;
                }

                connection.WasHeard();
                if (frame.Warden is not null || frame.Agent is not null)
                {
                    sink.Heard(connection, frame);
                }
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or BadHttpRequestException)
        {
            connection.Close(error.Message);
        }
    }
}
