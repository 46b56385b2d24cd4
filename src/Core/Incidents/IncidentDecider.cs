using Havm.Core.Changes;
using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Incidents;

/// <summary>
/// Follows every open incident to its end: who was placed, started and ready when, and closes it once nothing it
/// touched is still on its way. Decides nothing about VMs; keeps the record bounded.
/// </summary>
public static class IncidentDecider
{
    /// <summary>Closed incidents kept in the ledger; older ones live on as events, and in the accounts.</summary>
    public const int ClosedKept = 500;

    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        var moved = cluster.Followed?.MovedSince(cluster);
        var closed = 0;
        foreach (var incident in cluster.Ledger.Incidents.Values)
        {
            if (!incident.Open)
            {
                closed++;
                continue;
            }

            foreach (var proposal in moved is null || IsDue(cluster, incident, moved) ? Follow(cluster, incident) : [])
            {
                yield return proposal;
            }
        }

        foreach (var old in closed > ClosedKept ? Oldest(cluster, closed - ClosedKept) : [])
        {
            yield return new Proposal(new IncidentForgotten(old.Id), old.Decision) { Told = false };
        }
    }

    /// <summary>For the end of a round.</summary>
    /// <param name="cluster">As the round leaves it.</param>
    /// <param name="followed">As it was when incidents were followed: what came of that is looked at again.</param>
    public static Cluster Note(Cluster cluster, Cluster followed) =>
        cluster with { Followed = Followed.On(followed) };

    /// <summary>One whose instances are all done waits for its outcome, which may come of anything.</summary>
    private static bool IsDue(Cluster cluster, Incident incident, IReadOnlySet<InstanceName> moved) =>
        (moved.Count > 0 && incident.Instances.Keys.Any(moved.Contains))
        || cluster.Followed!.IsNew(cluster, incident)
        || incident.Instances.Values.All(recovery => recovery.Done);

    private static IEnumerable<Proposal> Follow(Cluster cluster, Incident incident)
    {
        var all = incident.Instances;
        foreach (var (name, recovery) in incident.Instances)
        {
            var next = Advance(cluster, incident, name, recovery);
            if (next == recovery)
            {
                continue;
            }

            all = all.SetItem(name, next);
            yield return new Proposal(new RecoveryProgressed(incident.Id, name, next), incident.Decision)
            {
                Told = false,
            };
            if (next.Done && cluster.Ledger.Instances.TryGetValue(name, out var instance)
                && instance.Incident == incident.Id)
            {
                yield return new Proposal(new InstanceSettled(name), incident.Decision) { Told = false };
            }
        }

        if (all.Values.All(r => r.Done)
            && IncidentOutcome.Of(cluster, incident with { Instances = all }) is { } outcome)
        {
            var why = new Reason(
                "incidents", "closed",
                $"{incident.Id} ({Word.Of(incident.Kind)} {incident.Subject}) is over: {outcome}");
            yield return new Proposal(new IncidentClosed(incident.Id, outcome, cluster.Wall), why);
        }
    }

    /// <summary>One that its host still tells of is kept, else it would be taken for a new one.</summary>
    private static List<Incident> Oldest(Cluster cluster, int tooMany)
    {
        var told = cluster.Heard
            .SelectMany(h => (h.Value.Report?.Incidents ?? []).Select(i => IncidentFile.KeyOf(h.Key, i)))
            .ToHashSet();
        return cluster.Ledger.Incidents.Values
            .Where(i => i is { Open: false, Layer: not null })
            .Take(tooMany)
            .Where(i => i.HostIncident is not { } key || !told.Contains(key))
            .ToList();
    }

    private static InstanceRecovery Advance(
        Cluster cluster, Incident incident, InstanceName name, InstanceRecovery recovery)
    {
        if (recovery.Done)
        {
            return recovery;
        }

        if (!cluster.Ledger.Instances.TryGetValue(name, out var instance))
        {
            return recovery with { Ended = "deleted" };
        }

        if (instance.Wanted == WantedState.Stopped)
        {
            return recovery with { Ended = "stopped by order" };
        }

        if (instance.Wanted == WantedState.Unmanaged)
        {
            return recovery with { Ended = "unmanaged by order" };
        }

        if (incident.Kind == IncidentKind.EndpointDown && instance.Endpoint is null)
        {
            return recovery with { To = instance.Seat?.Node ?? recovery.To, ReadyAt = cluster.Wall };
        }

        if (incident.LeavesNodeAlive && recovery.FreedAt is null)
        {
            if (instance.Seat is { } old && old.Node == recovery.From)
            {
                return WayOut.Stay(cluster, incident, instance, recovery);
            }

            recovery = recovery with { FreedAt = cluster.Wall, StartedAt = null };
        }

        if (instance.Seat is not { } seat || incident.Kind == IncidentKind.EndpointDown)
        {
            return recovery;
        }

        var stays = recovery.FreedAt is null && seat.Node == recovery.From;
        var inPlace = stays && incident.HostIncident is not null;
        var next = inPlace || (stays && incident.Kind == IncidentKind.NodeRebooted) || recovery.PlacedAt == seat.Since
            ? recovery
            : recovery with { To = seat.Node, PlacedAt = seat.Since, StartedAt = null };
        var report = InstanceMachine.ReportOf(cluster, instance);
        return report?.Phase switch
        {
            // In place the host tells when it was started; before that the report is still about the time before the
            // trouble.
            _ when InstanceMachine.IsWell(instance, report) && (!inPlace || next.StartedAt is not null) =>
                next with { StartedAt = next.StartedAt ?? cluster.Wall, ReadyAt = cluster.Wall },
            MachinePhase.Running or MachinePhase.Paused or MachinePhase.Stopping when !inPlace =>
                next with { StartedAt = next.StartedAt ?? cluster.Wall },
            _ => next,
        };
    }
}
