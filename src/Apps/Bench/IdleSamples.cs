using Havm.Lab.Ground;

namespace Havm.Bench;

/// <summary>
/// What every process of the lab takes while nothing happens: in the first 20 s after the last guest was ready, when
/// the runtimes may still compile, and in windows of 20 s from 60 s to 120 s after it, which is what a node pays for
/// as long as it lives. One sample per process and window.
/// </summary>
internal sealed class IdleSamples
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan SteadyFrom = TimeSpan.FromSeconds(60);
    private const int SteadyWindows = 3;

    private readonly Dictionary<string, List<double>> _sizes = [];
    private readonly Dictionary<string, List<double>> _shares = [];

    public static void Add(Dictionary<string, List<double>> into, string name, double value)
    {
        if (!into.TryGetValue(name, out var list))
        {
            into[name] = list = [];
        }

        list.Add(value);
    }

    public async Task TakeAsync(LabPlan plan, CancellationToken cancel)
    {
        await WindowAsync(plan, "cpuFirst20s", cancel);
        await Task.Delay(SteadyFrom - Window, cancel);
        for (var i = 0; i < SteadyWindows; i++)
        {
            await WindowAsync(plan, "cpu", cancel);
        }
    }

    public IEnumerable<Figure> Figures(string command) =>
    [
        .. _sizes.Select(size => Figure.Of($"idle.{size.Key}", size.Value, "MiB", command)),
        .. _shares.Select(share => Figure.Of($"idle.{share.Key}", share.Value, "% of a core", command)),
    ];

    private async Task WindowAsync(LabPlan plan, string name, CancellationToken cancel)
    {
        var before = IdleProcess.Of(plan);
        await Task.Delay(Window, cancel);
        foreach (var process in before)
        {
            Add(_sizes, $"{process.Role}.rss", process.ResidentMiB());
            Add(_shares, $"{process.Role}.{name}",
                (process.CpuSeconds() - process.CpuBefore) / Window.TotalSeconds * 100);
        }
    }
}
