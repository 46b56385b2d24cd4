using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using Havm.Model;
using Havm.Runtime.Ports;

namespace Havm.Fencing;

/// <summary>One exchange with a BMC: an HTTP answer, or the trouble that kept it from coming.</summary>
internal sealed record BmcReply(int Status, ReadOnlyMemory<byte> Body, FenceTrouble Trouble, string Message)
{
    public static BmcReply Of(FenceTrouble trouble, string message) => new(0, default, trouble, message);
}

/// <summary>
/// The connections to one BMC, kept open between calls. Every exception of HTTP, TLS and sockets becomes a closed
/// trouble here. Redirects are not followed: the answer of another host says nothing about this one.
/// </summary>
internal sealed class BmcConnection : IDisposable
{
    private readonly FenceMethod _spec;
    private readonly Uri _url;
    private readonly FencingSettings _settings;
    private readonly Lock _gate = new();
    private HttpClient? _client;

    public BmcConnection(FenceMethod spec, Uri url, FencingSettings settings) =>
        (_spec, _url, _settings) = (spec, url, settings);

    public Task<BmcReply> ReadSystemAsync(TimeSpan deadline, CancellationToken cancel) =>
        ExchangeAsync(HttpMethod.Get, ComputerSystem.Path(_spec.SystemId ?? ""), null, deadline, cancel);

    /// <summary>One order; whether to try again after trouble is not this floor's decision.</summary>
    public Task<BmcReply> ResetAsync(string target, string resetType, TimeSpan deadline, CancellationToken cancel) =>
        ExchangeAsync(HttpMethod.Post, target, $"{{\"ResetType\":\"{resetType}\"}}", deadline, cancel);

    public void Dispose() => _client?.Dispose();

    private async Task<BmcReply> ExchangeAsync(
        HttpMethod method, string path, string? json, TimeSpan deadline, CancellationToken cancel)
    {
        (FenceCredentials? credentials, string? trouble) = FenceCredentials.Read(_spec.CredentialsFile);
        if (credentials is null)
        {
            return BmcReply.Of(FenceTrouble.Unauthorized, trouble!);
        }

        (HttpClient? client, trouble) = Client();
        if (client is null)
        {
            return BmcReply.Of(FenceTrouble.Untrusted, trouble!);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(deadline);
        using var request = new HttpRequestMessage(method, new Uri(_url, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", credentials.Basic);
        request.Headers.Accept.ParseAdd("application/json");
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        try
        {
            using HttpResponseMessage response = await client.SendAsync(request, limit.Token).ConfigureAwait(false);
            byte[] body = await response.Content.ReadAsByteArrayAsync(limit.Token).ConfigureAwait(false);
            return new BmcReply((int)response.StatusCode, body, FenceTrouble.None, "");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return BmcReply.Of(
                FenceTrouble.Unreachable,
                $"no answer within {deadline.TotalSeconds:0.#} s; check its power and the management network");
        }
        catch (HttpRequestException error)
        {
            BmcReply reply = Explain(error);
            if (reply.Trouble == FenceTrouble.Untrusted)
            {
                Forget(client);
            }

            return reply;
        }
    }

    /// <summary>The next call reads the authority file anew: a person may be replacing it just now.</summary>
    private void Forget(HttpClient client)
    {
        lock (_gate)
        {
            if (_client == client)
            {
                _client = null;
            }
        }
    }

    private static BmcReply Explain(HttpRequestException error) => error.HttpRequestError switch
    {
        HttpRequestError.SecureConnectionError when error.InnerException is AuthenticationException inner =>
            BmcReply.Of(
                FenceTrouble.Untrusted,
                $"its certificate is not trusted ({inner.Message}); check the caFile of this method and the "
                + "certificate's names"),
        HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded =>
            BmcReply.Of(FenceTrouble.Refused, $"its answer is not HTTP as it should be ({error.Message})"),
        _ => BmcReply.Of(
            FenceTrouble.Unreachable,
            $"{error.InnerException?.Message ?? error.Message}; check its power, address and management network"),
    };

    private (HttpClient? Client, string? Trouble) Client()
    {
        lock (_gate)
        {
            if (_client is not null)
            {
                return (_client, null);
            }

            (SslClientAuthenticationOptions? tls, string? trouble) = PinnedTrust.Make(_spec.CaFile);
            if (tls is null)
            {
                return (null, trouble);
            }

            var handler = new SocketsHttpHandler
            {
                SslOptions = tls,
                UseProxy = false,
                UseCookies = false,
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.None,
                ActivityHeadersPropagator = null,
                PooledConnectionIdleTimeout = _settings.KeepConnection,
                ConnectTimeout = _settings.ReadDeadline,
            };
            _client = new HttpClient(handler)
            {
                Timeout = Timeout.InfiniteTimeSpan,
                MaxResponseContentBufferSize = _settings.AnswerBytes,
            };
            return (_client, null);
        }
    }
}
