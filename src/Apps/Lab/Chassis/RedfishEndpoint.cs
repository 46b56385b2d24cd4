using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Chassis;

/// <summary>
/// The BMCs' web service. Every node's BMC has an address of its own; which one is meant is told by the address the
/// request arrived at, so no BMC knows another's node.
/// </summary>
public sealed class RedfishEndpoint(LabPlan plan, PowerOrders orders, ILogger log)
{
    private const string Root = "/redfish/v1";
    private const string ResetAction = "#ComputerSystem.Reset";
    private static readonly string[] ResetTypes = ["On", "ForceOff", "GracefulShutdown", "ForceRestart"];

    private readonly byte[] _credentials = Encoding.UTF8.GetBytes(
        LabFiles.ReadText(plan.Paths.BmcCredentials) ?? throw new LabFailure("the BMCs' credentials are missing"));

    /// <summary>Answers one request in the manner its BMC is in.</summary>
    public async Task AnswerAsync(HttpContext http)
    {
        var node = NodeOf(http);
        var mode = BmcMode.Read(plan, node.Name);
        if (mode.Behaviour is BmcBehaviour.Dead)
        {
            // Without namespaces the address cannot vanish; a request that never ends is the nearest thing.
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        }

        if (mode.Delay > TimeSpan.Zero)
        {
            await Task.Delay(mode.Delay, http.RequestAborted);
        }

        http.Response.Headers["OData-Version"] = "4.0";
        var answer = await RouteAsync(http, node, mode);
        await answer.ExecuteAsync(http);
    }

    private NodePlan NodeOf(HttpContext http)
    {
        var address = (http.Connection.LocalIpAddress ?? IPAddress.None).MapToIPv4().ToString();
        return plan.Nodes.Single(node => node.BmcAddress == address);
    }

    private async Task<IResult> RouteAsync(HttpContext http, NodePlan node, BmcMode mode)
    {
        var path = http.Request.Path.Value!.TrimEnd('/');
        var system = $"{Root}/Systems/{node.Name}";
        var reset = $"{system}/Actions/ComputerSystem.Reset";
        if (path is not ("/redfish" or Root) && !IsAuthorized(http.Request))
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"Havm lab\"";
            return RedfishErrors.Unauthorized();
        }

        if (path == reset)
        {
            return HttpMethods.IsPost(http.Request.Method)
                ? await ResetAsync(http, node, mode)
                : Refuse(http, "POST");
        }

        var body = path switch
        {
            "/redfish" => new() { ["v1"] = $"{Root}/" },
            Root => ServiceRoot(),
            _ when path == $"{Root}/Systems" => Systems(system),
            _ when path == system => ComputerSystem(node, mode, system, reset),
            _ => (Dictionary<string, object>?)null,
        };
        return body is null ? RedfishErrors.NotFound(http.Request.Path)
            : HttpMethods.IsGet(http.Request.Method) ? Results.Json(body)
            : Refuse(http, "GET");
    }

    private static IResult Refuse(HttpContext http, string allowed)
    {
        http.Response.Headers.Allow = allowed;
        return RedfishErrors.MethodNotAllowed();
    }

    private bool IsAuthorized(HttpRequest request)
    {
        const string Basic = "Basic ";
        var header = request.Headers.Authorization.ToString();
        var given = new byte[header.Length];
        return header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)
            && Convert.TryFromBase64String(header[Basic.Length..], given, out var count)
            && CryptographicOperations.FixedTimeEquals(given.AsSpan(0, count), _credentials);
    }

    private async Task<IResult> ResetAsync(HttpContext http, NodePlan node, BmcMode mode)
    {
        string? type;
        try
        {
            using var body = await JsonDocument.ParseAsync(http.Request.Body, default, http.RequestAborted);
            type = body.RootElement.ValueKind is JsonValueKind.Object
                && body.RootElement.TryGetProperty("ResetType", out var value)
                ? value.ToString() : null;
        }
        catch (JsonException)
        {
            return RedfishErrors.MalformedJson();
        }

        if (type is null)
        {
            return RedfishErrors.MissingParameter(ResetAction, "ResetType");
        }

        if (!ResetTypes.Contains(type))
        {
            return RedfishErrors.UnknownValue(ResetAction, "ResetType", type);
        }

        return mode.Behaviour is BmcBehaviour.Lying ? Results.NoContent() : await ActAsync(node, type);
    }

    /// <summary>An order once taken is carried out, whether or not its caller still listens.</summary>
    private async Task<IResult> ActAsync(NodePlan node, string type)
    {
        try
        {
            await (type switch
            {
                "On" => orders.OnAsync([node]),
                "ForceOff" => orders.OffAsync([node]),
                "ForceRestart" => orders.RestartAsync(node),
                "GracefulShutdown" => orders.ShutDownAsync(node),
                _ => throw new InvalidOperationException($"ResetType {type} was let in but has no act"),
            });
            log.LogInformation("BMC of {Node}: {Order} done", node.Name, type);
            return Results.NoContent();
        }
        catch (Exception trouble) when (trouble is LabFailure or LabRefusal)
        {
            log.LogError(trouble, "BMC of {Node}: {Order} failed", node.Name, type);
            return RedfishErrors.Internal(trouble.Message);
        }
    }

    private static Dictionary<string, object> ServiceRoot() => new()
    {
        ["@odata.id"] = $"{Root}/",
        ["@odata.type"] = "#ServiceRoot.v1_16_0.ServiceRoot",
        ["Id"] = "RootService",
        ["Name"] = "Root Service",
        ["RedfishVersion"] = "1.20.0",
        ["Systems"] = Link($"{Root}/Systems"),
    };

    private static Dictionary<string, object> Systems(string system) => new()
    {
        ["@odata.id"] = $"{Root}/Systems",
        ["@odata.type"] = "#ComputerSystemCollection.ComputerSystemCollection",
        ["Name"] = "Computer System Collection",
        ["Members@odata.count"] = 1,
        ["Members"] = new[] { Link(system) },
    };

    private Dictionary<string, object> ComputerSystem(NodePlan node, BmcMode mode, string system, string reset) => new()
    {
        ["@odata.id"] = system,
        ["@odata.type"] = "#ComputerSystem.v1_22_0.ComputerSystem",
        ["Id"] = node.Name,
        ["Name"] = $"{node.Rack} {node.Name}",
        ["SystemType"] = "Physical",
        ["Manufacturer"] = "Havm",
        ["Model"] = "Lab node",
        ["UUID"] = node.Uuid,
        ["PowerState"] = (mode.Behaviour is BmcBehaviour.Lying ? PowerState.Off : orders.Read(node).Power).ToString(),
        ["Status"] = new Dictionary<string, object> { ["State"] = "Enabled", ["Health"] = "OK" },
        ["Actions"] = new Dictionary<string, object>
        {
            [ResetAction] = new Dictionary<string, object>
            {
                ["target"] = reset,
                ["ResetType@Redfish.AllowableValues"] = ResetTypes,
            },
        },
    };

    private static Dictionary<string, object> Link(string uri) => new() { ["@odata.id"] = uri };
}
