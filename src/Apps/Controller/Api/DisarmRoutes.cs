using Havm.Core;
using Havm.Core.Admission;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Controller.Api;

/// <summary>Automation off for a while, and on again.</summary>
internal static class DisarmRoutes
{
    public static void Map(WebApplication app)
    {
        app.MapPost("/v1/disarm", DisarmAsync).Produces<OrderAnswer>().Produces<ErrorView>(400);
        app.MapPost("/v1/arm", async (ApiContext api, CancellationToken cancel) =>
                InstanceRoutes.Ordered(api, await api.Runner.OrderAsync(id => new ArmOrder(id, "operator"), cancel)))
            .Produces<OrderAnswer>();
    }

    private static async Task<IResult> DisarmAsync(DisarmRequest body, ApiContext api, CancellationToken cancel)
    {
        var cluster = api.Runner.Committed.Ledger.ClusterName;
        AutomationMode? mode = body.Mode switch
        {
            "freeze" => AutomationMode.Freeze,
            "hands-off" => AutomationMode.HandsOff,
            _ => null,
        };
        if (mode is not { } known)
        {
            return Answers.Invalid([new SpecError(
                $"Cluster/{cluster}", "mode", $"\"{body.Mode}\" is no mode", "write freeze or hands-off")]);
        }

        var most = (long)TimeSpan.MaxValue.TotalSeconds;
        var length = TimeSpan.FromSeconds(Math.Clamp(body.Seconds, -most, most));
        return DisarmDesk.OutOfBounds(cluster, length) is { } error
            ? Answers.Invalid([error])
            : InstanceRoutes.Ordered(
                api, await api.Runner.OrderAsync(id => new DisarmOrder(id, known, length, "operator"), cancel));
    }
}
