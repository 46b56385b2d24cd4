using System.Globalization;
using Havm.Wire.Api;

namespace Havm.Lab.Demo;

/// <summary>
/// An incident as the demo prints it: what failed, on what evidence it was decided, its proof, its times.
/// </summary>
internal static class IncidentText
{
    public static IEnumerable<string> Lines(IncidentView incident)
    {
        yield return $"{incident.Id} {incident.Kind} {incident.Subject}: {incident.Phase}";
        foreach (var evidence in incident.Evidence)
        {
            yield return $"  evidence  {evidence.Source}: {evidence.Message}";
        }

        yield return $"  decision  {incident.Decision}";
        if (incident.Proof is { } proof)
        {
            yield return $"  proof     {proof.Method}: {proof.Message}";
        }

        yield return $"  phases    {Phases(incident.Phases)}";
        foreach (var instance in incident.Instances)
        {
            yield return $"  {instance.Instance,-9} {instance.From ?? "-"} -> {instance.To ?? "-"}, generation "
                + $"{instance.Generation}, {instance.Outcome}, {Seconds(instance.Phases.TotalSeconds)} in all";
        }
    }

    private static string Phases(PhasesView phases) =>
        $"detect {Seconds(phases.DetectSeconds)}, decide {Seconds(phases.DecideSeconds)}, "
        + $"fence {Seconds(phases.FenceSeconds)}, place {Seconds(phases.PlaceSeconds)}, "
        + $"start {Seconds(phases.StartSeconds)}, guest-ready {Seconds(phases.GuestReadySeconds)}, "
        + $"total {Seconds(phases.TotalSeconds)}";

    private static string Seconds(double? seconds) => seconds is { } known
        ? string.Create(CultureInfo.InvariantCulture, $"{known:0.0} s") : "-";
}
