using System.Text.Json;
using Havm.Core.Changes;
using Havm.Wire.Api;

namespace Havm.Controller.Api;

/// <summary>The history as JSON lines; with `follow` it goes on, and `after` takes it up again without a gap.</summary>
internal static class EventRoutes
{
    private static readonly byte[] NewLine = "\n"u8.ToArray();

    public static void Map(WebApplication app) =>
        app.MapGet("/v1/events", StreamAsync).Produces<EventView>(200, "application/jsonl");

    private static async Task StreamAsync(HttpContext context, ApiContext api, long after = 0, bool follow = false)
    {
        context.Response.ContentType = "application/jsonl";
        await context.Response.StartAsync(context.RequestAborted);
        try
        {
            while (true)
            {
                var (events, more) = api.Runner.Events.After(after);
                foreach (var item in events)
                {
                    after = item.Sequence;
                    var view = ViewOf(item, api.Clock.Wall);
                    await context.Response.Body.WriteAsync(
                        JsonSerializer.SerializeToUtf8Bytes(view, ApiJson.Default.EventView), context.RequestAborted);
                    await context.Response.Body.WriteAsync(NewLine, context.RequestAborted);
                }

                await context.Response.Body.FlushAsync(context.RequestAborted);
                if (!follow)
                {
                    return;
                }

                await more.WaitAsync(context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The reader has gone; there is nobody left to tell.
        }
    }

    private static EventView ViewOf(EventRecord item, DateTimeOffset wall) =>
        new(item.Sequence, Moment.Of(item.At, wall), item.Name, item.Subject, item.Reason.Message, item.Reason, null);
}
