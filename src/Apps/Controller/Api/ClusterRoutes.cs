using Havm.Core;
using Havm.Model;
using Havm.Runtime.Ports;
using Havm.Wire.Api;

namespace Havm.Controller.Api;

/// <summary>The cluster as a whole.</summary>
internal static class ClusterRoutes
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/v1/status", (ApiContext api) =>
                Results.Json(api.Lens().Status(api.Runner, api.Store), ApiJson.Default.ClusterStatusView))
            .Produces<ClusterStatusView>();
        NodeRoutes.Map(app);
        app.MapGet("/v1/snapshot", Snapshot).Produces(200, contentType: "application/json");
        app.MapPost("/v1/store/adopt", AdoptAsync).Produces<OrderAnswer>();
        app.MapPost("/v1/store/backup", BackupAsync).Produces<OrderAnswer>().Produces<ErrorView>(409);
    }

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
