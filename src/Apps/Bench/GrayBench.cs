using System.Diagnostics;
using Havm.Lab.Client;
using Havm.Lab.Commands;
using Havm.Lab.Ground;
using Havm.Lab.Observing;
using Havm.Lab.Running;
using Havm.Lab.Tools;
using Havm.Wire.Api;

namespace Havm.Bench;

/// <summary>How much `./bench gray` does.</summary>
/// <param name="Runs">Of each fault, 1 to 100.</param>
/// <param name="Only">Only faults whose name holds this; null: all.</param>
/// <param name="Images">Directory of the lab's guest image.</param>
/// <param name="Lab">The lab's name.</param>
/// <param name="Json">One JSON object per figure instead of rows.</param>
public sealed record GrayPlan(int Runs, string? Only, string? Images, string Lab, bool Json)
{
    public string Command => $"./bench gray --runs {Runs}";
}

/// <summary>
/// Makes nodes and guests ill in every way that leaves them alive, one at a time, and takes the time until the cluster
/// says so: in a node's conditions, its phase, its BMC's words, or an incident. Between two the cluster is whole again.
/// What was not to be restarted is looked at by process id.
/// </summary>
internal static class GrayBench
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static async Task<int> RunAsync(GrayPlan plan, CancellationToken cancel)
    {
        if (plan.Images is null)
        {
            throw new LabRefusal("bench gray", "--images", "no guest image is named",
                "run it through ./bench, or name the directory that lab/guest/build made");
        }

        var figures = Console.Out;
        Console.SetOut(Console.Error);
        await using var session = await LabSession.StartAsync(
            new LabRequest
            {
                Name = plan.Lab, Images = plan.Images, Commands = ProductCommands.Find(null, null, null),
            },
            cancel);
        var start = new ClusterStart(session.Plan, session.Client);
        await start.ConnectAsync(cancel);
        await start.ApplyAsync(cancel);
        await start.ReadyAsync(cancel);
        foreach (var fault in GrayFault.All.Where(f => plan.Only is null || f.Name.Contains(plan.Only)))
        {
            var samples = new List<double>();
            var restarts = 0;
            for (var run = 0; run < plan.Runs; run++)
            {
                var (seconds, ended) = await MeasureAsync(session, fault, run, cancel);
                samples.Add(seconds);
                restarts += ended;
                await Console.Error.WriteLineAsync(
                    $"{fault.Name} {run + 1} of {plan.Runs}: {seconds:0.00} s, {ended} restarted");
            }

            var figure = Figure.Of($"gray.{fault.Name}", samples, "s", plan.Command);
            var aim = $"aim {fault.Aim.TotalSeconds:0} s, needless restarts {restarts}";
            figures.WriteLine(plan.Json ? figure.ToJson() : $"{figure.ToRow()}  {aim}");
        }

        return 0;
    }

    /// <summary>One fault from its beginning until it is said, and until all is whole again.</summary>
    private static async Task<(double Seconds, int Restarted)> MeasureAsync(
        LabSession session, GrayFault fault, int run, CancellationToken cancel)
    {
        await WholeAsync(session.Client, cancel);
        var before = await Snapshot.ReadAsync(session.Client, cancel);
        var holders = before.Nodes.Values.Where(n => n.Instances.Length > 0).Select(n => n.Name).Order().ToList();
        var node = session.Plan.Nodes.Single(n => n.Name == holders[run % holders.Count]);
        var instance = before.Nodes[node.Name].Instances[0];
        var machines = QemuProcessTable.Read(session.Plan).ToList();
        var known = before.Incidents.Select(i => i.Id).ToHashSet();
        var victim = new Victim(session.Plan, node, instance, known);
        var clock = Stopwatch.StartNew();
        double seconds;
        await using (await fault.Begin(victim))
        {
            await Snapshot.WaitAsync(
                session.Client, $"{fault.Name} on {node.Name} is said", Limit, now => fault.IsSaid(now, victim), cancel,
                pause: Pause);
            seconds = clock.Elapsed.TotalSeconds;
        }

        await WholeAsync(session.Client, cancel);
        var restarted = machines.Count(machine =>
            !machine.IsAlive() && !(fault.EndsGuests && machine.Node == node.Name));
        return (seconds, restarted);
    }

    private static Task<Snapshot> WholeAsync(LabClient client, CancellationToken cancel) => Snapshot.WaitAsync(
        client, "every node up and well, every guest ready", Limit,
        s => s.AllUp && s.AllReady && s.Nodes.Values.All(n => n.Conditions.All(c => c.Type != ConditionView.Ailing)),
        cancel, pause: TimeSpan.FromSeconds(1));
}
