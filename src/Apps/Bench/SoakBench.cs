using System.Diagnostics;
using Havm.Lab.Client;
using Havm.Lab.Ground;
using Havm.Lab.Observing;
using Havm.Lab.Running;
using Havm.Wire.Api;

namespace Havm.Bench;

/// <summary>How much `./bench soak` does.</summary>
/// <param name="For">How long the cluster is made to suffer, 30 s to 55 min.</param>
/// <param name="Images">Directory of the lab's guest image.</param>
/// <param name="Lab">The lab's name.</param>
/// <param name="Json">One JSON object per figure instead of rows.</param>
public sealed record SoakPlan(TimeSpan For, string? Images, string Lab, bool Json)
{
    public string Command => FormattableString.Invariant($"./bench soak --minutes {For.TotalMinutes:0.#}");
}

/// <summary>
/// A cluster with nothing broken and everything hard: twice as many busy loops as the machine has CPUs, garbage
/// collectors that never rest, and a tenth of all frames lost on every node's cable. Nothing that runs may be begun
/// anew, nobody fenced, nothing run twice; what is only said (a lossy link, a suspect node) is counted.
/// </summary>
internal static class SoakBench
{
    private const int LossPercent = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(SoakPlan plan, CancellationToken cancel)
    {
        var figures = Console.Out;
        Console.SetOut(Console.Error);
        await using var session = await BenchLab.StartAsync(
            "bench soak", plan.Lab, plan.Images, WithoutRest, "", cancel);
        await using var observer = new NeverTwoObserver(session.Plan);
        var machines = QemuProcessTable.Read(session.Plan).ToList();
        var before = await Snapshot.ReadAsync(session.Client, cancel);
        var seen = new SoakSight(before);
        await using (await new GrayFaults(session.Plan).LoseFramesAsync(session.Plan.Nodes, LossPercent))
        using (var loops = new BusyLoops(2 * Environment.ProcessorCount))
        {
            var clock = Stopwatch.StartNew();
            var told = TimeSpan.Zero;
            while (clock.Elapsed < plan.For)
            {
                if (await Snapshot.TryReadAsync(session.Client, cancel) is { } now)
                {
                    seen.Look(now);
                }

                if (clock.Elapsed - told > TimeSpan.FromMinutes(1))
                {
                    told = clock.Elapsed;
                    Console.Error.WriteLine($"{told.TotalMinutes:0} min: {seen}, {Ended(machines)} restarted");
                }

                await Task.Delay(Pause, cancel);
            }
        }

        foreach (var (name, count) in seen.Counts(Ended(machines), observer.Violations.Count))
        {
            var figure = Figure.Of($"soak.{name}", [count], "times", plan.Command);
            figures.WriteLine(plan.Json ? figure.ToJson() : figure.ToRow());
        }

        foreach (var violation in observer.Violations)
        {
            Console.Error.WriteLine(violation);
        }

        return Ended(machines) + observer.Violations.Count == 0 ? 0 : 1;
    }

    /// <summary>A nursery of 64 KiB is collected hundreds of times a second by whoever allocates.</summary>
    private static LabCommands WithoutRest(LabCommands commands)
    {
        string[] words = ["env", "DOTNET_GCgen0size=0x10000", "DOTNET_gcConcurrent=0"];
        return new LabCommands(
            [.. words, .. commands.Agent], [.. words, .. commands.Warden], [.. words, .. commands.Controller]);
    }

    private static int Ended(IEnumerable<QemuProcess> machines) => machines.Count(machine => !machine.IsAlive());
}

/// <summary>What was seen of a cluster that only suffers.</summary>
internal sealed class SoakSight(Snapshot before)
{
    private readonly HashSet<string> _known = [.. before.Incidents.Select(i => i.Id)];
    private readonly Dictionary<string, string> _kinds = [];
    private readonly Dictionary<string, string> _phases = [];
    private readonly HashSet<string> _fenced = [];
    private int _looks;
    private int _suspected;
    private int _lost;

    public void Look(Snapshot now)
    {
        _looks++;
        foreach (var incident in now.Incidents.Where(i => !_known.Contains(i.Id)))
        {
            _kinds[incident.Id] = incident.Kind;
            if (incident.Proof is not null)
            {
                _fenced.Add(incident.Id);
            }
        }

        foreach (var node in now.Nodes.Values)
        {
            if (_phases.GetValueOrDefault(node.Name, "up") != node.Phase)
            {
                _suspected += node.Phase == "suspect" ? 1 : 0;
                _lost += node.Phase == "lost" ? 1 : 0;
            }

            _phases[node.Name] = node.Phase;
        }
    }

    public IEnumerable<(string Name, double Count)> Counts(int restarts, int doubles) =>
    [
        ("needlessRestarts", restarts), ("runTwice", doubles), ("provenDead", _fenced.Count), ("lost", _lost),
        ("suspected", _suspected), ("looks", _looks),
        .. _kinds.Values.GroupBy(kind => kind).Order(Comparer<IGrouping<string, string>>.Create(
            (a, b) => string.CompareOrdinal(a.Key, b.Key))).Select(g => ($"incident.{g.Key}", (double)g.Count())),
    ];

    public override string ToString() =>
        $"{_suspected} suspected, {_lost} lost, {_kinds.Count} incidents, {_fenced.Count} proven dead";
}

/// <summary>Processes that do nothing but take CPU.</summary>
internal sealed class BusyLoops : IDisposable
{
    private readonly List<Process> _loops;

    public BusyLoops(int count) => _loops =
    [
        .. Enumerable.Range(0, count).Select(_ => Process.Start("sh", ["-c", "while :; do :; done"])),
    ];

    public void Dispose()
    {
        foreach (var loop in _loops)
        {
            loop.Kill();
            loop.Dispose();
        }
    }
}
