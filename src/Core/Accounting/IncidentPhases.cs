using System.Collections.Immutable;
using Havm.Core.Records;

namespace Havm.Core.Accounting;

/// <summary>
/// How long each part of a repair took, in seconds; null where it was not reached or not needed. All from the
/// incident's record alone, so that every page and every sum shows the same.
/// </summary>
/// <param name="Detect">From the failure, or the last sign of life, to the first sign of trouble.</param>
/// <param name="Decide">From there to the verdict, or to the host's decision.</param>
/// <param name="Fence">From the verdict to the proof of death.</param>
/// <param name="Place">From the proof to the new seat.</param>
/// <param name="Start">From the seat to running vCPUs.</param>
/// <param name="GuestReady">From running vCPUs to the guest's first readiness.</param>
/// <param name="Total">From the failure to ready again.</param>
public sealed record IncidentPhases(
    double? Detect, double? Decide, double? Fence, double? Place, double? Start, double? GuestReady, double? Total)
{
    /// <summary>The words of the phases in their order; the last is the whole.</summary>
    public static readonly ImmutableArray<string> Names =
        ["detect", "decide", "fence", "place", "start", "ready", "total"];

    /// <summary>In the order of <see cref="Names"/>.</summary>
    public ImmutableArray<double?> Values => [Detect, Decide, Fence, Place, Start, GuestReady, Total];

    /// <summary>When it failed: the last moment it was known well, or else when trouble was seen first.</summary>
    public static DateTimeOffset FailedAt(Incident incident) => incident.LastWell ?? incident.DetectedAt;

    /// <summary>When an instance failed by it.</summary>
    public static DateTimeOffset FailedAt(Incident incident, InstanceRecovery? way) =>
        way?.HurtAt ?? FailedAt(incident);

    /// <param name="incident">What failed.</param>
    /// <param name="way">The instance's way back; null: of the incident by itself.</param>
    public static IncidentPhases Of(Incident incident, InstanceRecovery? way)
    {
        var failed = FailedAt(incident);
        return new IncidentPhases(
            Between(failed, incident.DetectedAt),
            Between(incident.DetectedAt, incident.DecidedAt),
            Between(incident.DecidedAt, incident.ProvenAt),
            Between(way?.FreedAt ?? incident.ProvenAt, way?.PlacedAt),
            Between(way?.PlacedAt ?? incident.DecidedAt, way?.StartedAt),
            Between(way?.StartedAt, way?.ReadyAt),
            Between(failed, way?.ReadyAt));
    }

    /// <summary>Of all that it touched: the longest of each phase.</summary>
    public static IncidentPhases Of(Incident incident)
    {
        if (incident.Instances.IsEmpty)
        {
            return Of(incident, null);
        }

        var all = incident.Instances.Values.Select(way => Of(incident, way)).ToList();
        return new IncidentPhases(
            all.Max(p => p.Detect), all.Max(p => p.Decide), all.Max(p => p.Fence), all.Max(p => p.Place),
            all.Max(p => p.Start), all.Max(p => p.GuestReady), all.Max(p => p.Total));
    }

    /// <summary>
    /// One after the other, as the whole incident went: each ends where the last instance has come that far. What was
    /// not reached, or overtaken, is left out.
    /// </summary>
    public static ImmutableArray<(string Phase, double Seconds)> InARow(Incident incident)
    {
        var instances = incident.Instances.Values.ToList();
        var ends = new (string Phase, DateTimeOffset? End)[]
        {
            (Names[0], incident.DetectedAt), (Names[1], incident.DecidedAt), (Names[2], incident.ProvenAt),
            (Names[3], instances.Max(one => one.PlacedAt)), (Names[4], instances.Max(one => one.StartedAt)),
            (Names[5], instances.Max(one => one.ReadyAt)),
        };
        var phases = ImmutableArray.CreateBuilder<(string, double)>();
        var since = FailedAt(incident);
        foreach (var (phase, end) in ends)
        {
            if (end is { } at && at >= since)
            {
                phases.Add((phase, (at - since).TotalSeconds));
                since = at;
            }
        }

        return phases.ToImmutable();
    }

    private static double? Between(DateTimeOffset? from, DateTimeOffset? to) =>
        from is { } a && to is { } b ? Math.Max(0, Math.Round((b - a).TotalSeconds, 3)) : null;
}
