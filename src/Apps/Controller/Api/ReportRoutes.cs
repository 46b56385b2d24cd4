using Havm.Core.Accounting;
using Havm.Model;
using Havm.Wire.Api;

namespace Havm.Controller.Api;

/// <summary>Availability and repair over a stretch of time.</summary>
internal static class ReportRoutes
{
    private const int Usual = 30;

    public static void Map(WebApplication app) =>
        app.MapGet("/v1/report", Report).Produces<ReportView>().Produces<ErrorView>(400);

    /// <param name="api">The controller.</param>
    /// <param name="days">So many whole days and what there is of today; 30 when nothing is said.</param>
    /// <param name="since">From the beginning of that day, UTC.</param>
    private static IResult Report(ApiContext api, int? days = null, DateTimeOffset? since = null)
    {
        var lens = api.Lens();
        var today = Days.Of(lens.Wall);
        var first = since is { } asked ? Days.Of(asked) : today - (days ?? Usual);
        return first < today - Days.Kept || first > today || days is not null && since is not null
            ? Answers.Invalid([new SpecError(
                "report", days is null ? "since" : "days", $"it would begin on {Days.Begin(first):yyyy-MM-dd}",
                $"ask for 0 to {Days.Kept} days, or for a day as long ago, not for both")])
            : Results.Json(lens.Report(Days.Begin(first)), ApiJson.Default.ReportView);
    }
}
