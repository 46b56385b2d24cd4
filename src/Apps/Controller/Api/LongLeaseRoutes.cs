using Havm.Core;
using Havm.Core.Admission;
using Havm.Wire.Api;

namespace Havm.Controller.Api;

/// <summary>Before and after a planned stop of the controller.</summary>
internal static class LongLeaseRoutes
{
    public static void Map(WebApplication app)
    {
        app.MapPost("/v1/controller/hold", HoldAsync)
            .Produces<OrderAnswer>().Produces<ErrorView>(400).Produces<ErrorView>(409);
        app.MapPost("/v1/controller/release", ReleaseAsync).Produces<OrderAnswer>();
    }

    private static async Task<IResult> HoldAsync(HoldRequest body, ApiContext api, CancellationToken cancel)
    {
        var most = (long)TimeSpan.MaxValue.TotalSeconds;
        var length = TimeSpan.FromSeconds(Math.Clamp(body.Seconds, -most, most));
        return LongLeaseDesk.OutOfBounds(api.Runner.Committed.Ledger.ClusterName, length) is { } error
            ? Answers.Invalid([error])
            : InstanceRoutes.Ordered(
                api, await api.Runner.OrderAsync(id => new LongLeaseOrder(id, length, "operator"), cancel));
    }

    private static async Task<IResult> ReleaseAsync(ApiContext api, CancellationToken cancel) =>
        InstanceRoutes.Ordered(
            api, await api.Runner.OrderAsync(id => new LongLeaseEndOrder(id, "operator"), cancel));
}
