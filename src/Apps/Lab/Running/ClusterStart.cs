using System.Diagnostics;
using Havm.Lab.Client;
using Havm.Lab.Ground;
using Havm.Lab.Tools;

namespace Havm.Lab.Running;

/// <summary>From a lab that has power to a cluster whose guests are all ready.</summary>
public sealed class ClusterStart(LabPlan plan, LabClient client)
{
    /// <summary>Emulated guests on a loaded machine start slowly; what takes longer is broken.</summary>
    public static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan ControllerLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan JoinLimit = TimeSpan.FromMinutes(2);
    private const int LogLines = 15;

    /// <summary>The example lies beside this program.</summary>
    public static string ExampleFile => Path.Combine(AppContext.BaseDirectory, "examples", "shop.yaml");

    /// <summary>What stands in front of the example's web role, in labs with a network of their own.</summary>
    public static string BalancerFile => Path.Combine(AppContext.BaseDirectory, "examples", "balancer.yaml");

    /// <summary>Waits until the controller answers.</summary>
    /// <exception cref="LabFailure">It does not; carries the end of its log.</exception>
    public async Task ConnectAsync(CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        while (await Snapshot.TryReadAsync(client, cancel) is null)
        {
            if (clock.Elapsed > ControllerLimit)
            {
                var log = LabFiles.ReadText(plan.Paths.ControllerLog)?.Split('\n').TakeLast(LogLines) ?? ["no log"];
                throw new LabFailure($"the controller does not answer: {string.Join(" | ", log)}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancel);
        }
    }

    /// <summary>
    /// Applies the lab's objects and, once every node is up, the example: guests placed before all racks have joined
    /// would not be spread over them.
    /// </summary>
    public async Task ApplyAsync(CancellationToken cancel, Action<Snapshot>? seen = null)
    {
        await client.ApplyAsync(await File.ReadAllTextAsync(plan.Paths.ClusterSpecs, cancel), cancel);
        await Snapshot.WaitAsync(client, "every node up", JoinLimit, now => now.AllUp, cancel, seen);
        await client.ApplyAsync(await File.ReadAllTextAsync(ExampleFile, cancel), cancel);
        if (plan.UsesNamespaces)
        {
            await client.ApplyAsync(await File.ReadAllTextAsync(BalancerFile, cancel), cancel);
        }
    }

    /// <summary>Waits until every node is up and every guest has said that it is ready.</summary>
    public Task<Snapshot> ReadyAsync(CancellationToken cancel, Action<Snapshot>? seen = null) => Snapshot.WaitAsync(
        client, "every node up and every guest ready", ReadyLimit, now => now.AllUp && now.AllReady, cancel, seen);
}
