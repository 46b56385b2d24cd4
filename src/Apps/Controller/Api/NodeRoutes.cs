using Havm.Core;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Controller.Api;

/// <summary>Nodes, and orders about them.</summary>
internal static class NodeRoutes
{
    public static void Map(WebApplication app)
    {
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
        app.MapGet("/v1/nodes/{name}/report", Report).Produces<NodeReportView>().Produces<ErrorView>(404);
        app.MapPost("/v1/nodes/{name}/repair", RepairAsync).Produces<OrderAnswer>().Produces<ErrorView>(404);
        app.MapPost("/v1/nodes/{name}/return", ReturnAsync).Produces<OrderAnswer>().Produces<ErrorView>(404);
        app.MapPost("/v1/nodes/{name}/retire", RetireAsync).Produces<OrderAnswer>().Produces<ErrorView>(409);
    }

    private static IResult Node(string name, ApiContext api)
    {
        var lens = api.Lens();
        return lens.Cluster.Ledger.Nodes.TryGetValue(new NodeName(name), out var node)
            ? Results.Json(lens.Node(node), ApiJson.Default.NodeView)
            : Answers.NotFound($"Node/{name}", "`havm node list` lists what does");
    }

    private static IResult Report(string name, ApiContext api)
    {
        var lens = api.Lens();
        return lens.Cluster.Ledger.Nodes.TryGetValue(new NodeName(name), out var node)
            ? Results.Json(lens.NodeReport(node), ApiJson.Default.NodeReportView)
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

    private static async Task<IResult> RepairAsync(
        string name, RepairRequest body, ApiContext api, CancellationToken cancel) =>
        InstanceRoutes.Ordered(api, await api.Runner.OrderAsync(
            id => new RepairOrder(id, new NodeName(name), body.Reason, body.Drain, "operator"), cancel));

    private static async Task<IResult> ReturnAsync(
        string name, ReturnRequest body, ApiContext api, CancellationToken cancel) =>
        InstanceRoutes.Ordered(api, await api.Runner.OrderAsync(
            id => new ReturnOrder(id, new NodeName(name), body.Now, "operator")
            {
                WithoutDiagnosis = body.WithoutDiagnosis,
            }, cancel));

    private static async Task<IResult> RetireAsync(string name, ApiContext api, CancellationToken cancel) =>
        InstanceRoutes.Ordered(api,
            await api.Runner.OrderAsync(id => new RetireOrder(id, new NodeName(name), "operator"), cancel));
}
