using Havm.Wire.Api;

namespace Havm.Bench;

/// <summary>
/// What was measured, by figure. All processes of a lab share one machine's clock, so times of the fault's maker and of
/// the controller can be subtracted.
/// </summary>
internal sealed class RecoverySamples
{
    private readonly Dictionary<string, List<double>> _seconds = [];
    private readonly Dictionary<string, List<double>> _floors = [];

    public IdleSamples Idle { get; } = new();

    /// <summary>The bare boot that follows a fault of that name.</summary>
    public void Floor(string fault, double seconds) => IdleSamples.Add(_floors, fault, seconds);

    public void WordToPanic(TimeSpan took) => Seconds("panic.wordToPanic", took.TotalSeconds);

    public void PowerCut(NodeCut cut)
    {
        Seconds("powerCut.cutToProof", cut.ToProof);
        foreach (var instance in cut.Incident.Instances)
        {
            var phases = instance.Phases;
            Seconds("powerCut.proofToStarted", phases.PlaceSeconds + phases.StartSeconds);
            Seconds("powerCut.startedToReady", phases.GuestReadySeconds);
            Seconds("powerCut.seatToReady", phases.StartSeconds + phases.GuestReadySeconds);
            Seconds("powerCut.total", phases.TotalSeconds);
        }
    }

    /// <param name="fault">"qemuKill" or "panic".</param>
    /// <param name="happened">The kill, or the guest kernel's own panic.</param>
    public void GuestFault(string fault, DateTimeOffset happened, IncidentView incident)
    {
        var decided = incident.OpenedAt.At + TimeSpan.FromSeconds(incident.Phases.DecideSeconds ?? 0);
        Seconds($"{fault}.faultToDecided", (decided - happened).TotalSeconds);
        Seconds($"{fault}.decidedToReady", incident.Phases.StartSeconds + incident.Phases.GuestReadySeconds);
    }

    public IEnumerable<Figure> Figures(string command)
    {
        foreach (var (name, values) in _seconds)
        {
            yield return Figure.Of($"recovery.{name}", values, "s", command, BesideOf(name, command));
        }

        foreach (var (fault, values) in _floors)
        {
            yield return Figure.Of($"floor.bareQemu.{fault}", values, "s", command);
        }

        foreach (var figure in Idle.Figures(command))
        {
            yield return figure;
        }
    }

    /// <summary>
    /// The floor is a process start up to `ready`; only what covers the same way is set beside it.
    /// </summary>
    private Beside? BesideOf(string name, string command) =>
        name is "powerCut.seatToReady" or "qemuKill.decidedToReady" or "panic.decidedToReady"
            && _floors.TryGetValue(name.Split('.')[0], out var floor)
                ? new Beside("bareQemu", Figure.Of("", floor, "s", command).P50)
                : null;

    private void Seconds(string name, double? value)
    {
        if (value is { } seconds)
        {
            IdleSamples.Add(_seconds, name, seconds);
        }
    }
}
