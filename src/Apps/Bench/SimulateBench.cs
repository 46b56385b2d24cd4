using System.Diagnostics;
using System.Globalization;
using System.Text;
using Havm.Model;
using Havm.Simulator.Scenario;
using Havm.Simulator.Scenario.Reading;
using Havm.Simulator.Scenario.Running;

namespace Havm.Bench;

/// <summary>How much `./bench simulate` does.</summary>
/// <param name="Runs">Of each figure, 1 to 100.</param>
/// <param name="Nodes">Of the largest cluster, 50 to 5000; ten instances each.</param>
/// <param name="Examples">A folder of scenarios.</param>
/// <param name="Json">One JSON object per figure instead of rows.</param>
public sealed record SimulatePlan(int Runs, int Nodes, string Examples, bool Json)
{
    public string Command => $"./bench simulate --runs {Runs} --nodes {Nodes}";
}

/// <summary>
/// How fast the simulator lives: the examples as a person plays them, a quiet cluster, one hour of a large one with a
/// rack that loses its power, and how that grows. One core's worth: a world has one thread.
/// </summary>
internal static class SimulateBench
{
    private const int PerNode = 10;
    private const double QuietSeconds = 20_000;

    public static async Task<int> RunAsync(SimulatePlan plan, CancellationToken cancel)
    {
        if (!Directory.Exists(plan.Examples))
        {
            await Console.Error.WriteLineAsync(
                $"bench simulate: --examples {plan.Examples} does not exist; name a folder of scenarios");
            return 2;
        }

        await FigureAsync(plan, "simulate.examples", "s", () => ExamplesAsync(plan.Examples, cancel));
        await FigureAsync(plan, "simulate.quiet", "virtual s per s", () => Task.FromResult(Quiet()));
        for (var nodes = 10; nodes <= plan.Nodes; nodes *= 10)
        {
            var scenario = Cluster(nodes, TimeSpan.FromHours(1));
            await FigureAsync(plan, $"simulate.hour.{nodes}nodes", "s", () => Task.FromResult(Hour(scenario)));
        }

        return 0;
    }

    private static async Task FigureAsync(SimulatePlan plan, string name, string unit, Func<Task<double>> measure)
    {
        var samples = new List<double>();
        for (var i = 0; i < plan.Runs; i++)
        {
            samples.Add(await measure());
            await Console.Error.WriteLineAsync($"{name} {i + 1} of {plan.Runs}: {samples[^1]:0.00} {unit}");
        }

        var figure = Figure.Of(name, samples, unit, plan.Command);
        Console.Out.WriteLine(plan.Json ? figure.ToJson() : figure.ToRow());
    }

    /// <summary>`havm conformance` as a process of its own, from its start to its end.</summary>
    private static async Task<double> ExamplesAsync(string folder, CancellationToken cancel)
    {
        var havm = Path.GetFullPath(Path.Join(AppContext.BaseDirectory, "../../Cli/release/havm"));
        long began = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(havm, ["conformance", folder])
        {
            RedirectStandardOutput = true,
        })!;
        await process.StandardOutput.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>Three nodes with a VM each, and nothing happens: seconds lived in each second.</summary>
    private static double Quiet()
    {
        var scenario = Read($$$"""
            schema: havm-scenario/1
            name: quiet
            nodes: {n1: {}, n2: {}, n3: {}}
            vms: {v1: {node: n1}, v2: {node: n2}, v3: {node: n3}}
            steps:
            - do: [{power-on: n1}]
            - after: {{{QuietSeconds}}}s
              do: [{power-on: n1}]
            """);
        return QuietSeconds / Hour(scenario);
    }

    private static double Hour(ScenarioFile scenario)
    {
        long began = Stopwatch.GetTimestamp();
        var played = ScenarioPlayer.Play(scenario, new PlayOptions());
        var wall = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return played.Verdict == ScenarioVerdict.Passed
            ? wall
            : throw new InvalidOperationException(
                $"the run is {played.Verdict}: {string.Join("; ", [.. played.Missing, .. played.Failures.Take(3)])}");
    }

    /// <summary>Ten instances a node, 25 racks at most; half-way through one rack loses its power.</summary>
    private static ScenarioFile Cluster(int nodes, TimeSpan length)
    {
        var racks = Math.Min(25, nodes / 2);
        var text = new StringBuilder("schema: havm-scenario/1\nname: large\nracks:\n");
        for (var rack = 0; rack < racks; rack++)
        {
            var names = Enumerable.Range(0, nodes).Where(node => node % racks == rack).Select(node => $"n{node}");
            text.Append(CultureInfo.InvariantCulture, $"  r{rack}: [{string.Join(", ", names)}]\n");
        }

        text.Append("nodes:\n");
        for (var node = 0; node < nodes; node++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  n{node}: {{}}\n");
        }

        text.Append("vms:\n");
        for (var vm = 0; vm < nodes * PerNode; vm++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  v{vm}: {{node: n{vm % nodes}, failback: false}}\n");
        }

        var half = (length / 2).TotalSeconds;
        text.Append(CultureInfo.InvariantCulture, $$$"""
            steps:
            - do: [{power-on: n0}]
            - after: {{{half}}}s
              do: [{rack-power-off: r1, bmc: alive}]
            - after: {{{half}}}s
              do: [{power-on: n0}]
            """);
        return Read(text.ToString());
    }

    private static ScenarioFile Read(string text)
    {
        var (scenario, errors) = ScenarioReader.Read(text, "bench");
        return scenario ?? throw new InvalidOperationException(errors[0].ToString());
    }
}
