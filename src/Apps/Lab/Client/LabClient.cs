using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Havm.Wire.Api;

namespace Havm.Lab.Client;

/// <summary>
/// The controller's API as the lab uses it, over its unix socket. An answer that is a refusal is an
/// <see cref="ApiRefusal"/>; a controller that is not there is an <see cref="HttpRequestException"/>, and nothing is
/// tried again: whoever asks decides what a silence means.
/// </summary>
public sealed class LabClient : IDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private readonly string _socket;
    private readonly HttpClient _http;

    public LabClient(string socket)
    {
        _socket = socket;

        // A new connection each time: a kept one to a controller that was killed would fail the next call, not this.
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = ConnectAsync,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.Zero,
        };
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://havm/"), Timeout = AnswerLimit };
    }

    public Task<ClusterStatusView> StatusAsync(CancellationToken cancel) =>
        GetAsync("v1/status", ApiJson.Default.ClusterStatusView, cancel);

    public async Task<IReadOnlyList<InstanceView>> InstancesAsync(CancellationToken cancel) =>
        (await GetAsync("v1/instances", ApiJson.Default.ListViewInstanceView, cancel)).Items;

    public async Task<IReadOnlyList<NodeView>> NodesAsync(CancellationToken cancel) =>
        (await GetAsync("v1/nodes", ApiJson.Default.ListViewNodeView, cancel)).Items;

    public async Task<IReadOnlyList<IncidentView>> IncidentsAsync(CancellationToken cancel) =>
        (await GetAsync("v1/incidents", ApiJson.Default.ListViewIncidentView, cancel)).Items;

    public async Task<IReadOnlyList<ObjectView>> ObjectsAsync(string kind, CancellationToken cancel) =>
        (await GetAsync($"v1/objects/{kind}", ApiJson.Default.ListViewObjectView, cancel)).Items;

    /// <summary>All that is kept of the history after one event, oldest first.</summary>
    public async Task<IReadOnlyList<EventView>> EventsAsync(long after, CancellationToken cancel)
    {
        var lines = Encoding.UTF8.GetString(
            await SendAsync(new HttpRequestMessage(HttpMethod.Get, $"v1/events?after={after}"), cancel));
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize(line, ApiJson.Default.EventView)!)];
    }

    /// <summary>Applies specs; on return they are durable.</summary>
    public Task<ApplyResult> ApplyAsync(string text, CancellationToken cancel) =>
        PostAsync("v1/apply", text, "text/yaml", ApiJson.Default.ApplyResult, cancel);

    /// <summary>Deletes objects of one kind in one order; on return that is durable.</summary>
    public Task<ApplyResult> DeleteAsync(string kind, IEnumerable<string> names, CancellationToken cancel) => PostAsync(
        "v1/delete",
        string.Join("\n---\n", names.Select(
            name => $"{{apiVersion: havm/v1, kind: {kind}, metadata: {{name: {name}}}}}")),
        "text/yaml", ApiJson.Default.ApplyResult, cancel);

    /// <summary>Changes how many instances a role has; on return the order is durable.</summary>
    public Task<OrderAnswer> ScaleAsync(string service, string role, int instances, CancellationToken cancel) =>
        PostAsync(
            $"v1/services/{service}/scale",
            JsonSerializer.Serialize(new ScaleRequest(role, instances), ApiJson.Default.ScaleRequest),
            "application/json", ApiJson.Default.OrderAnswer, cancel);

    /// <summary>Moves an instance to another node; on return the order is durable.</summary>
    public Task<OrderAnswer> MoveAsync(string instance, string to, CancellationToken cancel) => PostAsync(
        $"v1/instances/{instance}/move",
        JsonSerializer.Serialize(new MoveRequest(to), ApiJson.Default.MoveRequest),
        "application/json", ApiJson.Default.OrderAnswer, cancel);

    /// <summary>Takes a node into maintenance, or ends that; on return the order is durable.</summary>
    public Task<OrderAnswer> DrainAsync(string node, bool drain, CancellationToken cancel) => PostAsync(
        $"v1/nodes/{node}/{(drain ? "drain" : "undrain")}", "", "application/json", ApiJson.Default.OrderAnswer,
        cancel);

    /// <summary>The operator's word that one boot of a node is not running.</summary>
    public Task<OrderAnswer> ConfirmDeadAsync(string node, string bootId, CancellationToken cancel) => PostAsync(
        $"v1/nodes/{node}/confirm-dead",
        JsonSerializer.Serialize(new ConfirmDeadRequest(bootId), ApiJson.Default.ConfirmDeadRequest),
        "application/json", ApiJson.Default.OrderAnswer, cancel);

    /// <summary>Grants every node a long lease; on return the order is durable.</summary>
    public Task<OrderAnswer> HoldAsync(TimeSpan length, CancellationToken cancel) => PostAsync(
        "v1/controller/hold",
        JsonSerializer.Serialize(new HoldRequest((long)length.TotalSeconds), ApiJson.Default.HoldRequest),
        "application/json", ApiJson.Default.OrderAnswer, cancel);

    /// <summary>Ends the long lease before its time; on return the order is durable.</summary>
    public Task<OrderAnswer> ReleaseAsync(CancellationToken cancel) =>
        PostAsync("v1/controller/release", "", "application/json", ApiJson.Default.OrderAnswer, cancel);

    /// <summary>Copies the controller's state to a new file while it runs.</summary>
    public Task<OrderAnswer> BackupAsync(string file, CancellationToken cancel) => PostAsync(
        "v1/store/backup",
        JsonSerializer.Serialize(new BackupRequest(file), ApiJson.Default.BackupRequest),
        "application/json", ApiJson.Default.OrderAnswer, cancel);

    /// <summary>Makes the state at hand the cluster's.</summary>
    public Task<OrderAnswer> AdoptAsync(CancellationToken cancel) =>
        PostAsync("v1/store/adopt", "", "application/json", ApiJson.Default.OrderAnswer, cancel);

    /// <summary>Switches automation off for a while; on return the order is durable.</summary>
    /// <param name="mode">freeze or hands-off.</param>
    public Task<OrderAnswer> DisarmAsync(string mode, TimeSpan length, CancellationToken cancel) => PostAsync(
        "v1/disarm",
        JsonSerializer.Serialize(
            new DisarmRequest(mode, (long)length.TotalSeconds), ApiJson.Default.DisarmRequest),
        "application/json", ApiJson.Default.OrderAnswer, cancel);

    /// <summary>Switches automation on again; on return the order is durable.</summary>
    public Task<OrderAnswer> ArmAsync(CancellationToken cancel) =>
        PostAsync("v1/arm", "", "application/json", ApiJson.Default.OrderAnswer, cancel);

    /// <summary>Gives an instance into people's hands; on return the order is durable.</summary>
    public Task<OrderAnswer> UnmanageAsync(string instance, CancellationToken cancel) =>
        PostAsync($"v1/instances/{instance}/unmanage", "", "application/json", ApiJson.Default.OrderAnswer, cancel);

    /// <summary>Has an instance run, taken back from people's hands; on return the order is durable.</summary>
    public Task<OrderAnswer> StartAsync(string instance, CancellationToken cancel) =>
        PostAsync($"v1/instances/{instance}/start", "", "application/json", ApiJson.Default.OrderAnswer, cancel);

    /// <summary>Has an instance shut down; on return the order is durable.</summary>
    public Task<OrderAnswer> StopAsync(string instance, CancellationToken cancel) =>
        PostAsync($"v1/instances/{instance}/stop", "", "application/json", ApiJson.Default.OrderAnswer, cancel);

    /// <summary>Has an instance shut down and started again; on return the order is durable.</summary>
    public Task<OrderAnswer> RestartAsync(string instance, CancellationToken cancel) =>
        PostAsync($"v1/instances/{instance}/restart", "", "application/json", ApiJson.Default.OrderAnswer, cancel);

    public void Dispose() => _http.Dispose();

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel) =>
        Read(await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancel), type);

    private async Task<T> PostAsync<T>(
        string path, string body, string mediaType, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        return Read(await SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = content }, cancel), type);
    }

    private async Task<byte[]> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        using (request)
        {
            using var answer = await SendPatientlyAsync(request, cancel);
            var body = await answer.Content.ReadAsByteArrayAsync(cancel);
            return answer.IsSuccessStatusCode ? body : throw RefusalOf(answer, body);
        }
    }

    private async Task<HttpResponseMessage> SendPatientlyAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        try
        {
            return await _http.SendAsync(request, cancel);
        }
        catch (OperationCanceledException silent) when (!cancel.IsCancellationRequested)
        {
            throw new HttpRequestException($"{_socket}: no answer within {AnswerLimit.TotalSeconds} s", silent);
        }
    }

    private static ApiRefusal RefusalOf(HttpResponseMessage answer, byte[] body)
    {
        try
        {
            var error = JsonSerializer.Deserialize(body, ApiJson.Default.ErrorView)!;
            return new ApiRefusal(answer.StatusCode, error.Code, error.Errors);
        }
        catch (JsonException)
        {
            return new ApiRefusal(answer.StatusCode, $"with {body.Length} bytes that are no error of ours", []);
        }
    }

    private static T Read<T>(byte[] body, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(body, type) ?? throw new JsonException("the answer is null");

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
