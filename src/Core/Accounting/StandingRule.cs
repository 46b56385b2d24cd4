using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Accounting;

/// <summary>How an instance stands, by what is on record and was heard, and by how it stood before.</summary>
public static class StandingRule
{
    /// <param name="cluster">The picture.</param>
    /// <param name="instance">Which.</param>
    /// <param name="before">Its account so far; null: it is new.</param>
    /// <param name="incident">The open incident that it is not back from; null: none.</param>
    /// <param name="now">This controller's clock.</param>
    public static (Standing Standing, DateTimeOffset Since) Of(
        Cluster cluster, Instance instance, InstanceAccount? before, Incident? incident, Instant now)
    {
        if (instance.Wanted != WantedState.Running || instance.Leaving)
        {
            return (Standing.Off, cluster.Wall);
        }

        if (incident is not null)
        {
            return (Standing.Failed, IncidentPhases.FailedAt(
                incident, incident.Instances.GetValueOrDefault(instance.Name)));
        }

        var node = instance.Seat is { } seat ? cluster.Ledger.Nodes.GetValueOrDefault(seat.Node) : null;
        if (node is { Phase: NodePhase.Lost or NodePhase.Dead })
        {
            return (Standing.Unheard,
                cluster.HeardOf(node.Name).Last is { } last ? cluster.WallOf(last, now) : cluster.Wall);
        }

        // A new leader has not heard its node yet: what was so is taken to be so; the time between is unseen anyway.
        if (node is { Phase: NodePhase.Up } && cluster.HeardOf(node.Name).Report is null && before is not null)
        {
            return (before.Standing, before.At);
        }

        return InstanceMachine.IsWell(instance, InstanceMachine.ReportOf(cluster, instance)) && instance.Move is null
            ? (Standing.Up, BackAt(cluster, instance, before))
            : (IsPlanned(cluster, instance, before) ? Standing.Planned : Standing.Unready, cluster.Wall);
    }

    /// <summary>An incident knows when it was over better than the round that heard of it.</summary>
    private static DateTimeOffset BackAt(Cluster cluster, Instance instance, InstanceAccount? before) =>
        before is { Standing: Standing.Failed, Incident: { } id }
        && cluster.Ledger.Incidents.GetValueOrDefault(id)?.Instances.GetValueOrDefault(instance.Name)?.ReadyAt is { } at
        && at < cluster.Wall ? at : cluster.Wall;

    /// <summary>
    /// By an order, a move or its node's maintenance; and what was planned is so until it is ready, as long as it is
    /// on its way.
    /// </summary>
    private static bool IsPlanned(Cluster cluster, Instance instance, InstanceAccount? before)
    {
        var report = InstanceMachine.ReportOf(cluster, instance);
        return instance.Move is not null
            || InstanceMachine.PhaseOf(cluster, instance) == InstancePhase.Down
            || (report is not null && report.RestartOrder < instance.RestartOrder)
            || (before is null or { Standing: Standing.Off or Standing.Planned }
                && instance.Seat is not null && report?.Phase is not (MachinePhase.Paused or MachinePhase.GaveUp));
    }
}
