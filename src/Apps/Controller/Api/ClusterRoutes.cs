using Havm.Core;
using Havm.Model;
using Havm.Runtime.Ports;
using Havm.Wire.Api;

namespace Havm.Controller.Api;

/// <summary>Nodes and the cluster as a whole.</summary>
internal static class ClusterRoutes
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/v1/status", (ApiContext api) =>
                Results.Json(api.Lens().Status(api.Runner, api.Store), ApiJson.Default.ClusterStatusView))
            .Produces<ClusterStatusView>();
        app.MapGet("/v1/nodes", (ApiContext api) =>
        {
            var lens = api.Lens();
            return Results.Json(
                lens.List(lens.Cluster.Ledger.Nodes.Values.Select(lens.Node), n => n.Name),
                ApiJson.Default.ListViewNodeView);
        }).Produces<ListView<NodeView>>();
        app.MapGet("/v1/nodes/{name}", Node).Produces<NodeView>().Produces<ErrorView>(404);
        app.MapPost("/v1/nodes/{name}/confirm-dead", ConfirmDeadAsync).Produces<OrderAnswer>().Produces<ErrorView>(409);
        app.MapPost("/v1/nodes/{name}/cordon", (string name, ApiContext api, CancellationToken cancel) =>
                CordonAsync(name, true, api, cancel))
            .Produces<OrderAnswer>().Produces<ErrorView>(404);
        app.MapPost("/v1/nodes/{name}/uncordon", (string name, ApiContext api, CancellationToken cancel) =>
                CordonAsync(name, false, api, cancel))
            .Produces<OrderAnswer>().Produces<ErrorView>(404);
        app.MapPost("/v1/nodes/{name}/drain", (string name, ApiContext api, CancellationToken cancel) =>
                DrainAsync(name, true, api, cancel))
            .Produces<OrderAnswer>().Produces<ErrorView>(404);
        app.MapPost("/v1/nodes/{name}/undrain", (string name, ApiContext api, CancellationToken cancel) =>
                DrainAsync(name, false, api, cancel))
            .Produces<OrderAnswer>().Produces<ErrorView>(404);
        app.MapGet("/v1/snapshot", Snapshot).Produces(200, contentType: "application/json");
        app.MapPost("/v1/store/adopt", AdoptAsync).Produces<OrderAnswer>();
        app.MapPost("/v1/store/backup", BackupAsync).Produces<OrderAnswer>().Produces<ErrorView>(409);
    }

    private static IResult Node(string name, ApiContext api)
    {
        var lens = api.Lens();
        return lens.Cluster.Ledger.Nodes.TryGetValue(new NodeName(name), out var node)
            ? Results.Json(lens.Node(node), ApiJson.Default.NodeView)
            : Answers.NotFound($"Node/{name}", "`havm node list` lists what does");
    }

    private static async Task<IResult> ConfirmDeadAsync(
        string name, ConfirmDeadRequest body, ApiContext api, CancellationToken cancel) =>
        InstanceRoutes.Ordered(api, await api.Runner.OrderAsync(
            id => new ConfirmDeadOrder(id, new NodeName(name), new BootId(body.BootId), "operator"), cancel));

    private static async Task<IResult> CordonAsync(
        string name, bool cordoned, ApiContext api, CancellationToken cancel) =>
        InstanceRoutes.Ordered(api,
            await api.Runner.OrderAsync(id => new CordonOrder(id, new NodeName(name), cordoned, "operator"), cancel));

    private static async Task<IResult> DrainAsync(
        string name, bool drain, ApiContext api, CancellationToken cancel) =>
        InstanceRoutes.Ordered(api,
            await api.Runner.OrderAsync(id => new DrainOrder(id, new NodeName(name), drain, "operator"), cancel));

    private static async Task<IResult> AdoptAsync(ApiContext api, CancellationToken cancel)
    {
        var epoch = await api.Runner.AdoptAsync(cancel);
        return Done("Store/sqlite", $"this state is the cluster's: epoch {epoch}", api);
    }

    private static async Task<IResult> BackupAsync(BackupRequest body, ApiContext api, CancellationToken cancel)
    {
        if (!Path.IsPathFullyQualified(body.Target))
        {
            return Answers.Invalid([new SpecError(
                "Store/sqlite", "target", $"'{body.Target}' is no absolute path",
                "name a new file on the controller's machine")]);
        }

        try
        {
            await api.Store.BackupAsync(body.Target, cancel);
            return Done("Store/sqlite", $"copied to {body.Target}", api);
        }
        catch (StoreException cause)
        {
            return Answers.Problem(StatusCodes.Status409Conflict, "refused",
                [new SpecError("Store/sqlite", "target", cause.Message, "choose another path and try again")]);
        }
    }

    private static IResult Snapshot(ApiContext api)
    {
        var version = typeof(ClusterRoutes).Assembly.GetName().Version!;
        return Results.Bytes(
            Runtime.State.Snapshot.Write(
                api.Runner.Committed, $"havm {version.ToString(fieldCount: 3)}", api.Clock.Wall),
            "application/json");
    }

    private static IResult Done(string what, string message, ApiContext api) =>
        Results.Json(
            new OrderAnswer(what, message, api.Runner.Committed.Ledger.Counters.Event), ApiJson.Default.OrderAnswer);
}
