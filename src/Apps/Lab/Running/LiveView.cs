using Havm.Lab.Client;
using Havm.Lab.Ground;
using Havm.Wire.Api;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Havm.Lab.Running;

/// <summary>
/// The cluster while it runs, until Ctrl-C: a page that renews itself on a terminal, else a line per event.
/// </summary>
internal static class LiveView
{
    private const int EventsShown = 8;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    public static async Task ShowAsync(LabPlan plan, LabClient client, CancellationToken cancel)
    {
        Console.WriteLine("Ctrl-C ends the lab and leaves nothing behind.");
        try
        {
            if (Console.IsOutputRedirected)
            {
                await TellEventsAsync(plan, client, cancel);
            }
            else
            {
                await ShowPageAsync(plan, client, cancel);
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how a view ends well.
        }
    }

    /// <summary>Somebody may take the lab down with `havm lab down`; then there is nothing left to show.</summary>
    private static bool Exists(LabPlan plan) => File.Exists(plan.Paths.Plan);

    private static async Task TellEventsAsync(LabPlan plan, LabClient client, CancellationToken cancel)
    {
        var after = (await client.StatusAsync(cancel)).AtEvent;
        while (Exists(plan))
        {
            foreach (var line in await NewsAsync(client, after, cancel))
            {
                after = line.Sequence;
                Console.WriteLine(LineOf(line));
            }

            await Task.Delay(Period, cancel);
        }
    }

    private static Task ShowPageAsync(LabPlan plan, LabClient client, CancellationToken cancel) =>
        AnsiConsole.Live(new Text("")).AutoClear(false).StartAsync(async view =>
        {
            var events = new List<EventView>();
            while (Exists(plan))
            {
                events.AddRange(await NewsAsync(client, events.LastOrDefault()?.Sequence ?? 0, cancel));
                events.RemoveRange(0, Math.Max(0, events.Count - EventsShown));
                view.UpdateTarget(PageOf(await Snapshot.TryReadAsync(client, cancel), events));
                await Task.Delay(Period, cancel);
            }
        });

    private static async Task<IReadOnlyList<EventView>> NewsAsync(
        LabClient client, long after, CancellationToken cancel)
    {
        try
        {
            return await client.EventsAsync(after, cancel);
        }
        catch (Exception away) when (away is HttpRequestException or IOException)
        {
            // The controller is between two lives; the history goes on without a gap afterwards.
            return [];
        }
    }

    private static Rows PageOf(Snapshot? now, IReadOnlyList<EventView> events)
    {
        var parts = new List<IRenderable>();
        if (now is null)
        {
            parts.Add(new Text("The controller does not answer; VMs run on.", new Style(Color.Yellow)));
        }
        else
        {
            parts.Add(ClusterPages.Racks(now));
            parts.Add(ClusterPages.Instances(now));
            if (now.Open.Any())
            {
                parts.Add(ClusterPages.OpenIncidents(now.Open));
            }
        }

        parts.AddRange(events.Select(line => new Text(LineOf(line)).Overflow(Overflow.Ellipsis)));
        return new Rows(parts);
    }

    private static string LineOf(EventView line) =>
        $"{line.At.At.UtcDateTime:HH:mm:ss}Z  {line.Object}  {line.Name}: {line.Message}";
}
