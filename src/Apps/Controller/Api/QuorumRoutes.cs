using Havm.Core.Quorum;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Controller.Api;

/// <summary>Groups that decide by majority: what each would lose with what, and what would help.</summary>
internal static class QuorumRoutes
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/v1/quorum", (ApiContext api) =>
        {
            var lens = api.Lens();
            return Results.Json(
                lens.List(QuorumAnalysis.Of(lens.Cluster, lens.Now).Select(lens.Quorum), group => group.Name),
                ApiJson.Default.ListViewQuorumView);
        }).Produces<ListView<QuorumView>>();
        app.MapGet("/v1/quorum/{name}", Show).Produces<QuorumView>().Produces<ErrorView>(404);
    }

    private static IResult Show(string name, ApiContext api)
    {
        var lens = api.Lens();
        return lens.Cluster.Ledger.Specs.GetValueOrDefault($"QuorumGroup/{name}")?.Spec is QuorumGroupSpec group
            ? Results.Json(
                lens.Quorum(QuorumAnalysis.Of(lens.Cluster, name, group, lens.Now)), ApiJson.Default.QuorumView)
            : Answers.NotFound($"QuorumGroup/{name}", "`havm quorum check` lists what does");
    }
}
