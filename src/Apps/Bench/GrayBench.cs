using System.Diagnostics;
using Havm.Lab.Client;
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
    /// <summary>The service of which all instances can be struck.</summary>
    public const string Pool = "pool";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Web instances behind a balancer that asks each second. A role is restarted 10 s after its page is gone, which is
    /// all that it needs.
    /// </summary>
    private const string PoolSpecs =
        """
        {apiVersion: havm/v1, kind: Service, metadata: {name: pool}, spec: {roles: [{name: web, type: web,
          instances: 3, vcpus: 1, memory: 96MiB, image: lab, networks: [lab], command: [/srv/bin/web],
          probe: {kind: tcp, port: 80, period: 1s}}]}}
        ---
        {apiVersion: havm/v1, kind: LoadBalancer, metadata: {name: pool}, spec: {service: pool, role: web,
          listen: 8081, port: 80, probe: {path: /healthz, every: 1s}, drain: 10s, limit: 10s}}
        """;

    public static async Task<int> RunAsync(GrayPlan plan, CancellationToken cancel)
    {
        var figures = Console.Out;
        Console.SetOut(Console.Error);
        await using var session = await BenchLab.StartAsync(
            "bench gray", plan.Lab, plan.Images, FakeClocks.Behind, PoolSpecs, cancel);
        var failed = 0;
        foreach (var fault in GrayFault.All.Where(f => plan.Only is null || f.Name.Contains(plan.Only)))
        {
            try
            {
                await SampleAsync(session, plan, fault, figures, cancel);
            }
            catch (LabFailure failure)
            {
                // The kinds after it are measured all the same.
                failed++;
                await Console.Error.WriteLineAsync($"{fault.Name}: no figure: {failure.Message}");
            }
        }

        return failed == 0 ? 0 : 1;
    }

    private static async Task SampleAsync(
        LabSession session, GrayPlan plan, GrayFault fault, TextWriter figures, CancellationToken cancel)
    {
        var samples = new List<double>();
        var restarts = 0;
        for (var round = 0; samples.Count < plan.Runs && !(fault.IsRemembered && round > 0); round++)
        {
            var (seconds, ended) = await MeasureAsync(session, fault, round, cancel);
            samples.AddRange(seconds);
            restarts += ended;
            var words = string.Join(", ", seconds.Select(s => $"{s:0.00}"));
            await Console.Error.WriteLineAsync(
                $"{fault.Name} {samples.Count} of {plan.Runs}: {words} s, {ended} restarted");
        }

        var figure = Figure.Of($"gray.{fault.Name}", samples, "s", plan.Command);
        var aim = $"aim {fault.Aim.TotalSeconds:0} s, needless restarts {restarts}";
        figures.WriteLine(plan.Json ? figure.ToJson() : $"{figure.ToRow()}  {aim}");
    }

    /// <summary>One fault from its beginning until it is said, and until all is whole again.</summary>
    /// <returns>A time for each node that was struck, and how many QEMUs ended that should have lived.</returns>
    private static async Task<(IReadOnlyList<double> Seconds, int Restarted)> MeasureAsync(
        LabSession session, GrayFault fault, int round, CancellationToken cancel)
    {
        var before = await WholeAsync(session.Client, cancel);
        var machines = QemuProcessTable.Read(session.Plan).ToList();
        var victims = Victims(session.Plan, fault, before, round);
        await using var monitor = fault.NeedsMonitor
            ? await StuckMonitor.PlaceAsync(session.Plan, victims[0].Node, victims[0].Instance) : null;
        if (monitor is not null)
        {
            victims = [victims[0] with { Monitor = monitor }];
            await WholeAsync(session.Client, cancel);
        }

        var clock = Stopwatch.StartNew();
        var said = new Dictionary<Victim, double>();
        await using (await fault.Begin(victims))
        {
            bool AllSaid(Snapshot now)
            {
                foreach (var victim in victims.Where(v => !said.ContainsKey(v) && fault.IsSaid(now, v)))
                {
                    said[victim] = clock.Elapsed.TotalSeconds;
                }

                return said.Count == victims.Count;
            }

            var where = string.Join(", ", victims.Select(v => v.Node.Name));
            await Snapshot.WaitAsync(
                session.Client, $"{fault.Name} on {where} is said", Limit, AllSaid, cancel, pause: Pause);
        }

        if (!fault.IsRemembered)
        {
            await WholeAsync(session.Client, cancel);
        }

        var restarted = Restarted(machines, fault, victims);
        if (fault.LeavesDeadFiles)
        {
            await RenewAsync(session, victims, cancel);
        }

        return ([.. said.Values], restarted);
    }

    /// <summary>What still has files open that the fault has taken away is begun anew.</summary>
    private static async Task RenewAsync(LabSession session, List<Victim> victims, CancellationToken cancel)
    {
        var now = await Snapshot.ReadAsync(session.Client, cancel);
        foreach (var instance in victims.SelectMany(v => now.Nodes[v.Node.Name].Instances))
        {
            await session.Client.RestartAsync(instance, cancel);
        }

        await WholeAsync(session.Client, cancel);
    }

    private static int Restarted(List<QemuProcess> machines, GrayFault fault, List<Victim> victims)
    {
        var struck = victims.Select(v => v.Node.Name).ToHashSet();
        return machines.Count(machine =>
            !machine.IsAlive() && !(fault.EndsGuests && struck.Contains(machine.Node)));
    }

    private static List<Victim> Victims(LabPlan plan, GrayFault fault, Snapshot before, int round)
    {
        var known = before.Incidents.Select(i => i.Id).ToHashSet();
        Victim On(NodePlan node, string instance) => new(plan, node, instance, known);
        var running = plan.Nodes
            .SelectMany(node => before.Nodes[node.Name].Instances.Order().Select(i => (Node: node, Instance: i)))
            .ToList();
        var holders = running.DistinctBy(one => one.Node.Name).ToList();
        var (holder, first) = holders[round % holders.Count];
        return fault.Who switch
        {
            Struck.Holder => [On(holder, first)],
            Struck.OneOfEachRack =>
                [.. plan.Nodes.GroupBy(n => n.Rack).Select(rack => On(rack.ElementAt(round % rack.Count()), ""))],
            Struck.AllNodes => [.. plan.Nodes.Select(node => On(node, ""))],
            Struck.ThePool => [.. running.Where(IsOfPool).Select(one => On(one.Node, one.Instance))],
        };
    }

    private static bool IsOfPool((NodePlan Node, string Instance) one) =>
        one.Instance.StartsWith($"{Pool}-", StringComparison.Ordinal);

    private static Task<Snapshot> WholeAsync(LabClient client, CancellationToken cancel) => Snapshot.WaitAsync(
        client, "every node up and well, every guest ready, nothing open", Limit, IsWhole, cancel,
        pause: TimeSpan.FromSeconds(1));

    private static bool IsWhole(Snapshot now) => now.AllUp && now.AllReady && !now.Open.Any()
        && now.Nodes.Values.All(n => n.Conditions.All(c => c.Type != ConditionView.Ailing)
            && n.Fencing.All(way => way.Trouble is null))
        && now.Instances.Values.Where(i => i.Name.StartsWith($"{Pool}-", StringComparison.Ordinal)).All(
            i => i.Conditions.Any(c => c is { Type: ConditionView.InRotation, Status: "true" }));
}
