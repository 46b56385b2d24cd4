using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Tests.Ground;

/// <summary>
/// Speaks with one BMC as the controller would: from the controller's namespace, the lab's authority pinned.
/// </summary>
public sealed class RedfishClient : IDisposable
{
    private readonly NodePlan _node;
    private readonly HttpClient _http;

    public RedfishClient(TestLab lab, string node, bool pinned = true, string? password = null)
    {
        _node = lab.Node(node);
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancel) => new System.Net.Sockets.NetworkStream(
                await NamespaceDialer.ConnectAsync(
                    lab.Namespace("ctl"), context.DnsEndPoint.Host, context.DnsEndPoint.Port, TimeSpan.FromSeconds(10)),
                ownsSocket: true),
        };
        if (pinned)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.ImportFromPemFile(lab.Paths.AuthorityFile);
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }

        _http = new HttpClient(handler) { BaseAddress = new Uri(_node.BmcUrl) };
        var secret = password ?? LabFiles.ReadText(lab.Paths.BmcCredentials)?.Split(':')[1];
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{lab.Plan.BmcUser}:{secret}"));
        _http.DefaultRequestHeaders.Authorization = new("Basic", basic);
    }

    public string System => $"/redfish/v1/Systems/{_node.Name}";

    public string ResetTarget => $"{System}/Actions/ComputerSystem.Reset";

    public async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(
        string path, CancellationToken cancel = default)
    {
        using var answer = await _http.GetAsync(path, cancel);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(cancel));
    }

    public async Task<string> PowerAsync(CancellationToken cancel = default) =>
        (await GetAsync(System, cancel)).Body.GetProperty("PowerState").GetString()!;

    public Task<HttpStatusCode> ResetAsync(string type) => ResetAsync(Body("ResetType", type));

    /// <summary>A body with one parameter, its name as given: Redfish minds the case.</summary>
    public static HttpContent Body(string parameter, string value) =>
        JsonContent.Create(new Dictionary<string, string> { [parameter] = value });

    public async Task<HttpStatusCode> ResetAsync(HttpContent body)
    {
        using var answer = await _http.PostAsync(ResetTarget, body);
        return answer.StatusCode;
    }

    public async Task<string> ErrorCodeAsync(HttpMethod method, string path, HttpContent? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        using var answer = await _http.SendAsync(request);
        var error = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        return $"{(int)answer.StatusCode} {error.GetProperty("code").GetString()!.Split('.')[^1]}";
    }

    public void Dispose() => _http.Dispose();
}
