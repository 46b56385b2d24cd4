using Havm.Lab.Ground;
using Havm.Wire.Api;

namespace Havm.Bench;

/// <summary>
/// What was measured, by figure. All processes of a lab share one machine's clock, so times of the fault's maker and of
/// the controller can be subtracted.
/// </summary>
internal sealed class RecoverySamples
{
    private static readonly TimeSpan IdleFor = TimeSpan.FromSeconds(20);

    private readonly Dictionary<string, List<double>> _seconds = [];
    private readonly Dictionary<string, List<double>> _sizes = [];
    private readonly Dictionary<string, List<double>> _shares = [];

    public List<double> Floor { get; } = [];

    public void PowerCut(DateTimeOffset cut, IncidentView incident)
    {
        Seconds("powerCut.cutToProof", (incident.Proof!.At.At - cut).TotalSeconds);
        foreach (var instance in incident.Instances)
        {
            var phases = instance.Phases;
            Seconds("powerCut.proofToStarted", phases.PlaceSeconds + phases.StartSeconds);
            Seconds("powerCut.startedToReady", phases.GuestReadySeconds);
            Seconds("powerCut.seatToReady", phases.StartSeconds + phases.GuestReadySeconds);
            Seconds("powerCut.total", phases.TotalSeconds);
        }
    }

    public void GuestFault(bool panic, DateTimeOffset done, IncidentView incident)
    {
        var name = panic ? "panic" : "qemuKill";
        var decided = incident.OpenedAt.At + TimeSpan.FromSeconds(incident.Phases.DecideSeconds ?? 0);
        Seconds($"{name}.faultToDecided", (decided - done).TotalSeconds);
        Seconds($"{name}.decidedToReady", incident.Phases.StartSeconds + incident.Phases.GuestReadySeconds);
    }

    /// <summary>Memory and CPU of every process while nothing happens.</summary>
    public async Task IdleAsync(LabPlan plan, CancellationToken cancel)
    {
        var before = IdleProcess.Of(plan);
        await Task.Delay(IdleFor, cancel);
        foreach (var process in before)
        {
            Add(_sizes, $"{process.Role}.rss", process.ResidentMiB());
            Add(_shares, $"{process.Role}.cpu",
                (process.CpuSeconds() - process.CpuBefore) / IdleFor.TotalSeconds * 100);
        }
    }

    public IEnumerable<Figure> Figures(string command)
    {
        foreach (var (name, values) in _seconds)
        {
            // The floor is a process start up to the same message; only what covers the same way is set beside it.
            var beside = name is "powerCut.seatToReady" or "qemuKill.decidedToReady" or "panic.decidedToReady"
                && Floor.Count > 0
                ? new Beside("bareQemu", Figure.Of("", Floor, "s", command).P50)
                : null;
            yield return Figure.Of($"recovery.{name}", values, "s", command, beside);
        }

        yield return Figure.Of("floor.bareQemu.execToReady", Floor, "s", command);
        foreach (var (name, values) in _sizes)
        {
            yield return Figure.Of($"idle.{name}", values, "MiB", command);
        }

        foreach (var (name, values) in _shares)
        {
            yield return Figure.Of($"idle.{name}", values, "% of a core", command);
        }
    }

    private void Seconds(string name, double? value)
    {
        if (value is { } seconds)
        {
            Add(_seconds, name, seconds);
        }
    }

    private static void Add(Dictionary<string, List<double>> into, string name, double value)
    {
        if (!into.TryGetValue(name, out var list))
        {
            into[name] = list = [];
        }

        list.Add(value);
    }
}
