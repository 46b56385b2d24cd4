using System.Diagnostics;
using System.Globalization;
using Havm.Lab.Client;
using Spectre.Console;

namespace Havm.Lab.Running;

/// <summary>Shows how nodes join and guests become ready: a live table on a terminal, else a line per change.</summary>
internal static class StartProgress
{
    public static async Task<Snapshot> ShowAsync(ClusterStart start, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        Snapshot ready;
        if (Console.IsOutputRedirected)
        {
            var told = new Dictionary<string, string>();
            ready = await StartAsync(now => TellChanges(now, told, clock.Elapsed));
        }
        else
        {
            ready = await AnsiConsole.Live(new Text("Waiting for the nodes")).AutoClear(true).StartAsync(view =>
                StartAsync(now => view.UpdateTarget(
                    now.Instances.Count == 0 ? ClusterPages.Racks(now) : ClusterPages.Instances(now))));
        }

        Console.WriteLine($"All {ready.Instances.Count} guests are ready after {Seconds(clock.Elapsed)}");
        return ready;

        async Task<Snapshot> StartAsync(Action<Snapshot> seen)
        {
            await start.ApplyAsync(cancel, seen);
            return await start.ReadyAsync(cancel, seen);
        }
    }

    private static void TellChanges(Snapshot now, Dictionary<string, string> told, TimeSpan at)
    {
        var lines = now.Nodes.Values.Select(node => (node.Name, Text: $"node {node.Name} {node.Phase}"))
            .Concat(now.Instances.Values.Select(instance => (
                instance.Name,
                Text: $"guest {instance.Name} {instance.Phase}{(instance.Node is { } node ? $" on {node}" : "")}")));
        foreach (var (name, text) in lines)
        {
            if (told.GetValueOrDefault(name) != text)
            {
                told[name] = text;
                Console.WriteLine($"{Seconds(at),8}  {text}");
            }
        }
    }

    private static string Seconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}
