using Havm.Lab.Client;
using Havm.Lab.Observing;

namespace Havm.Lab.Demo.Steps;

/// <summary>
/// Checks shared by the faults of one machine: its host restarts it in place, and nobody else notices.
/// </summary>
internal static class MachineFaultStep
{
    private const int RecoverySeconds = 90;

    /// <summary>Waits until a fresh process of the same seat is ready, and checks that it is just that.</summary>
    /// <param name="kind">The incident's kind.</param>
    public static async Task CheckInPlaceAsync(
        DemoStage stage, string instance, Snapshot before, IReadOnlyDictionary<string, QemuProcess> machines,
        string kind, CancellationToken cancel)
    {
        var old = machines[instance];
        var known = before.Incidents.Select(incident => incident.Id).ToHashSet();
        var after = await stage.WaitAsync(
            $"{instance} ready again in a fresh process, its incident closed", RecoverySeconds,
            now => now.AllReady
                && now.Incidents.Any(i => i.Kind == kind && i.ClosedAt is not null && !known.Contains(i.Id))
                && stage.Machines().GetValueOrDefault(instance) is { } fresh
                && (fresh.Pid, fresh.Started) != (old.Pid, old.Started),
            cancel);
        var incidents = stage.Tell(before, after, kind);
        var was = before.Instances[instance];
        var now = after.Instances[instance];
        stage.Check(
            now.Node == was.Node && now.Generation == was.Generation,
            $"{instance}: a fresh process on {now.Node}, generation {now.Generation} as before, "
                + $"pid {old.Pid} -> {stage.Machines()[instance].Pid}");
        stage.Check(
            incidents is [var only] && only.Subject == $"Instance/{instance}",
            $"one incident of kind {kind}, about {instance}: "
                + $"{string.Join(", ", incidents.Select(i => $"{i.Id} {i.Subject}"))}");
        stage.CheckUntouched(machines, before.Instances.Keys.Except([instance]));
    }
}
