using Havm.Core;
using Havm.Core.Admission;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Controller.Api;

/// <summary>Instances and services: how they stand, why, and orders to them.</summary>
internal static class InstanceRoutes
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/v1/instances", (ApiContext api) =>
        {
            var lens = api.Lens();
            return Results.Json(lens.List(lens.Cluster.Ledger.Instances.Values.Select(lens.Instance), i => i.Name),
                ApiJson.Default.ListViewInstanceView);
        }).Produces<ListView<InstanceView>>();
        app.MapGet("/v1/instances/{name}", One).Produces<InstanceView>().Produces<ErrorView>(404);
        app.MapGet("/v1/instances/{name}/explain", Explain).Produces<ExplainView>().Produces<ErrorView>(404);
        app.MapPost("/v1/instances/{name}/move", MoveAsync).Produces<OrderAnswer>().Produces<ErrorView>(409);
        app.MapPost("/v1/instances/{name}/busy", BusyAsync)
            .Produces<OrderAnswer>().Produces<ErrorView>(400).Produces<ErrorView>(409);
        app.MapDelete("/v1/instances/{name}/busy", async (string name, ApiContext api, CancellationToken cancel) =>
                Ordered(api, await api.Runner.OrderAsync(
                    id => new BusyEndOrder(id, new InstanceName(name), "operator"), cancel)))
            .Produces<OrderAnswer>().Produces<ErrorView>(409);
        app.MapPost("/v1/instances/{name}/{verb}", OrderAsync).Produces<OrderAnswer>().Produces<ErrorView>(404)
            .Produces<ErrorView>(409);
        app.MapGet("/v1/services", (ApiContext api) =>
        {
            var lens = api.Lens();
            return Results.Json(
                lens.List(
                    lens.Cluster.Ledger.All<ServiceSpec>().Select(s => lens.Service(s.Name, s.Spec)), s => s.Name),
                ApiJson.Default.ListViewServiceView);
        }).Produces<ListView<ServiceView>>();
        app.MapGet("/v1/services/{name}", Service).Produces<ServiceView>().Produces<ErrorView>(404);
        app.MapPost("/v1/services/{name}/scale", ScaleAsync).Produces<OrderAnswer>().Produces<ErrorView>(404);
    }

    private static IResult One(string name, ApiContext api)
    {
        var lens = api.Lens();
        return lens.Cluster.Ledger.Instances.TryGetValue(new InstanceName(name), out var instance)
            ? Results.Json(lens.WholeInstance(instance), ApiJson.Default.InstanceView)
            : Missing(name);
    }

    private static IResult Explain(string name, ApiContext api)
    {
        var lens = api.Lens();
        return lens.Cluster.Ledger.Instances.TryGetValue(new InstanceName(name), out var instance)
            ? Results.Json(lens.Explain(instance, api.Runner.Held), ApiJson.Default.ExplainView)
            : Missing(name);
    }

    /// <param name="grace">For stop: the guest's seconds to shut down, 0 to 3600; null: 30.</param>
    private static async Task<IResult> OrderAsync(
        string name, string verb, [Microsoft.AspNetCore.Mvc.FromQuery(Name = "graceSeconds")] int? grace,
        ApiContext api, CancellationToken cancel)
    {
        if (!Enum.TryParse<InstanceVerb>(verb, ignoreCase: true, out var order))
        {
            return Answers.NotFound($"order {verb}", "name one of: start, stop, restart, unmanage, move, busy");
        }

        var outcome = await api.Runner.OrderAsync(
            id => new InstanceOrder(id, new InstanceName(name), order, "operator")
            {
                Grace = order == InstanceVerb.Stop && grace is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            },
            cancel);
        return Ordered(api, outcome);
    }

    private static async Task<IResult> MoveAsync(
        string name, MoveRequest move, ApiContext api, CancellationToken cancel) =>
        Ordered(api, await api.Runner.OrderAsync(
            id => new MoveOrder(id, new InstanceName(name), new NodeName(move.To), "operator"), cancel));

    private static async Task<IResult> BusyAsync(
        string name, BusyRequest body, ApiContext api, CancellationToken cancel)
    {
        var most = (long)TimeSpan.MaxValue.TotalSeconds;
        var length = TimeSpan.FromSeconds(Math.Clamp(body.Seconds, -most, most));
        return BusyDesk.OutOfBounds(name, length) is { } error
            ? Answers.Invalid([error])
            : Ordered(api, await api.Runner.OrderAsync(
                id => new BusyOrder(
                    id, new InstanceName(name), length, body.Why ?? BusyDesk.UsualWhy, "operator"), cancel));
    }

    private static IResult Service(string name, ApiContext api)
    {
        var lens = api.Lens();
        return lens.Cluster.Ledger.Find<ServiceSpec>("Service", name) is { } spec
            ? Results.Json(lens.Service(name, spec), ApiJson.Default.ServiceView)
            : Answers.NotFound($"Service/{name}", "`havm service list` lists what does");
    }

    private static async Task<IResult> ScaleAsync(
        string name, ScaleRequest scale, ApiContext api, CancellationToken cancel) =>
        Ordered(api, await api.Runner.OrderAsync(
            id => new ScaleOrder(id, name, scale.Role, scale.Instances, "operator"), cancel));

    public static IResult Ordered(ApiContext api, OrderOutcome outcome) => outcome.Accepted
        ? Results.Json(
            new OrderAnswer(
                outcome.Objects[0].Object, Message(outcome), api.Runner.Committed.Ledger.Counters.Event),
            ApiJson.Default.OrderAnswer)
        : Answers.Refused(outcome);

    /// <summary>An order may reach further than the object it names.</summary>
    private static string Message(OrderOutcome outcome) => string.Join("; ",
        outcome.Objects.Select((o, i) => i == 0 ? o.Message : $"{o.Object} {o.Message}"));

    private static IResult Missing(string name) =>
        Answers.NotFound($"Instance/{name}", "`havm vm list` lists what does");
}
