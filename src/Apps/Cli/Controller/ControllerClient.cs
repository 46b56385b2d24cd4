using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Havm.Wire.Api;

namespace Havm.Cli.Controller;

/// <summary>
/// Speaks the REST API over the controller's unix socket; every trouble becomes a <see cref="CliFailure"/>.
/// </summary>
internal sealed class ControllerClient : IDisposable
{
    /// <summary>An answer takes milliseconds; a controller that is silent for so long is ill.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    private readonly string socketPath;
    private readonly HttpClient http;

    public ControllerClient(string socketPath)
    {
        this.socketPath = socketPath;
        http = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync, UseProxy = false })
        {
            BaseAddress = new Uri("http://havm/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public Task<byte[]> GetAsync(string path, CancellationToken cancel) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancel);

    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel) =>
        Read(await GetAsync(path, cancel), type);

    /// <summary>Null when there is no such thing.</summary>
    public async Task<T?> FindAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel) where T : class
    {
        try
        {
            return await GetAsync(path, type, cancel);
        }
        catch (AnswerFailure failure) when (failure.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public Task<byte[]> DeleteAsync(string path, CancellationToken cancel) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Delete, path), cancel);

    public Task<byte[]> PostAsync<T>(string path, T body, JsonTypeInfo<T> type, CancellationToken cancel) =>
        PostAsync(path, JsonSerializer.SerializeToUtf8Bytes(body, type), "application/json", cancel);

    public Task<byte[]> PostTextAsync(string path, string text, CancellationToken cancel) =>
        PostAsync(path, Encoding.UTF8.GetBytes(text), "application/yaml", cancel);

    public Task<byte[]> PostAsync(string path, CancellationToken cancel) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, path), cancel);

    /// <summary>An endless answer, line by line, until it breaks off.</summary>
    public async Task<StreamReader> OpenLinesAsync(string path, CancellationToken cancel)
    {
        HttpResponseMessage answer = await TryAsync(
            token => http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, token), cancel);
        if (!answer.IsSuccessStatusCode)
        {
            using (answer)
            {
                throw await FailureAsync(answer, cancel);
            }
        }

        return new StreamReader(await answer.Content.ReadAsStreamAsync(cancel));
    }

    public static T Read<T>(byte[] body, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(body, type) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw CliFailure.Of(
                ExitCodes.Failed, "controller", "answer", $"is not understood: {e.Message}",
                "use havm and havm-controller of the same version");
        }
    }

    public void Dispose() => http.Dispose();

    private Task<byte[]> PostAsync(string path, byte[] body, string mediaType, CancellationToken cancel)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        return SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = content }, cancel);
    }

    private async Task<byte[]> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        using HttpResponseMessage answer = await TryAsync(token => http.SendAsync(request, token), cancel);
        return answer.IsSuccessStatusCode
            ? await answer.Content.ReadAsByteArrayAsync(cancel)
            : throw await FailureAsync(answer, cancel);
    }

    private async Task<HttpResponseMessage> TryAsync(
        Func<CancellationToken, Task<HttpResponseMessage>> send, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(AnswerLimit);
        try
        {
            return await send(limit.Token);
        }
        catch (HttpRequestException e)
        {
            throw Unreachable(e.InnerException ?? e);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw Unreachable(
                new TimeoutException($"it took the call and was silent for {AnswerLimit.TotalSeconds:0} s"));
        }
    }

    private CliFailure Unreachable(Exception cause)
    {
        string why = cause switch
        {
            SocketException { SocketErrorCode: SocketError.AccessDenied } => "the right to connect is missing",
            SocketException when !File.Exists(socketPath) => "there is no such socket, so no controller is running",
            SocketException => "nobody listens there, so no controller is running",
            _ => cause.Message.TrimEnd('.'),
        };
        string remedy = cause is SocketException { SocketErrorCode: SocketError.AccessDenied }
            ? "run as root"
            : "start it (systemctl start havm-controller; of a lab: havm lab start-controller, or ./run), or name its "
                + $"socket with --socket or {CommonOptions.SocketVariable}";
        return CliFailure.Of(ExitCodes.Unreachable, "controller", socketPath, $"is not reachable: {why}", remedy);
    }

    private static async Task<CliFailure> FailureAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        byte[] body = await answer.Content.ReadAsByteArrayAsync(cancel);
        ErrorView? error = null;
        try
        {
            error = JsonSerializer.Deserialize(body, ApiJson.Default.ErrorView);
        }
        catch (JsonException)
        {
            // Not one of our answers: only the status is known, and it is told below.
        }

        return error is { Errors.IsDefaultOrEmpty: false }
            ? new AnswerFailure(answer.StatusCode, error)
            : CliFailure.Of(
                ExitCodes.Failed, "controller", $"{answer.RequestMessage?.RequestUri?.AbsolutePath}",
                $"answered {(int)answer.StatusCode} {answer.ReasonPhrase}", "see the controller's log");
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
