using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Incidents;

/// <summary>
/// Follows every open incident to its end: who was placed, started and ready when, and closes it once nothing it
/// touched is still on its way. Decides nothing about VMs; keeps the record bounded.
/// </summary>
public static class IncidentDecider
{
    /// <summary>Closed incidents kept in the ledger; older ones live on as events.</summary>
    public const int ClosedKept = 500;

    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        foreach (var incident in cluster.Ledger.Incidents.Values.Where(i => i.Open))
        {
            var all = incident.Instances;
            foreach (var (name, recovery) in incident.Instances)
            {
                var next = Advance(cluster, incident, name, recovery);
                if (next != recovery)
                {
                    all = all.SetItem(name, next);
                    yield return new Proposal(new RecoveryProgressed(incident.Id, name, next), incident.Decision) { Told = false };
                    if (next.Done && cluster.Ledger.Instances.TryGetValue(name, out var instance) && instance.Incident == incident.Id)
                    {
                        yield return new Proposal(new InstanceSettled(name), incident.Decision) { Told = false };
                    }
                }
            }

            if (Outcome(cluster, incident, all.Values) is { } outcome)
            {
                var why = new Reason("incidents", "closed", $"{incident.Id} ({incident.Kind} {incident.Subject}) is over: {outcome}");
                yield return new Proposal(new IncidentClosed(incident.Id, outcome, cluster.Wall), why);
            }
        }

        var closed = cluster.Ledger.Incidents.Values.Where(i => !i.Open).ToList();
        foreach (var old in closed.Take(Math.Max(0, closed.Count - ClosedKept)))
        {
            yield return new Proposal(new IncidentForgotten(old.Id), old.Decision) { Told = false };
        }
    }

    private static InstanceRecovery Advance(Cluster cluster, Incident incident, InstanceName name, InstanceRecovery recovery)
    {
        if (recovery.Done)
        {
            return recovery;
        }

        if (!cluster.Ledger.Instances.TryGetValue(name, out var instance))
        {
            return recovery with { Ended = "deleted" };
        }

        if (instance.Wanted == WantedState.Stopped || instance.Leaving)
        {
            return recovery with { Ended = "stopped by order" };
        }

        if (instance.Seat is not { } seat)
        {
            return recovery;
        }

        var next = recovery.PlacedAt is null && incident.HostIncident is null
            ? recovery with { To = seat.Node, PlacedAt = seat.Since }
            : recovery;
        var report = cluster.HeardOf(seat.Node).Report?.Instances
            .FirstOrDefault(r => r.Instance == name && r.Generation == seat.Generation);
        return report?.Phase switch
        {
            null or MachinePhase.Starting or MachinePhase.Stopped or MachinePhase.GaveUp => next,
            MachinePhase.Ready when incident.HostIncident is null || next.StartedAt is not null =>
                next with { StartedAt = next.StartedAt ?? cluster.Wall, ReadyAt = cluster.Wall },
            MachinePhase.Running or MachinePhase.Paused or MachinePhase.Stopping when incident.HostIncident is null =>
                next with { StartedAt = next.StartedAt ?? cluster.Wall },
            _ => next,
        };
    }

    private static string? Outcome(Cluster cluster, Incident incident, IEnumerable<InstanceRecovery> recoveries)
    {
        if (incident.Kind is IncidentKind.AgentDown)
        {
            return null;
        }

        var list = recoveries.ToList();
        if (list.Any(r => !r.Done))
        {
            return null;
        }

        if (incident.Kind is IncidentKind.NodeFailed or IncidentKind.NodeCutOff)
        {
            var node = cluster.Ledger.Nodes.GetValueOrDefault(new NodeName(incident.Subject));
            return node?.Phase switch
            {
                null => "the node was removed",
                NodePhase.Up when list.Count == 0 => "the node came back by itself; nothing was restarted",
                NodePhase.Lost => null,
                _ when cluster.Ledger.Touching(node.Name).Any(i => i.Seat?.Node != node.Name || node.Phase != NodePhase.Up) => null,
                _ => list.Count == 0 ? "it held no instances" : $"{list.Count} instance(s) are ready again",
            };
        }

        return incident.Kind == IncidentKind.DeadNodeSpoke
            ? cluster.Ledger.Nodes.GetValueOrDefault(new NodeName(incident.Subject))?.Phase == NodePhase.Up ? "the node is up with a new boot" : null
            : "ready again";
    }
}
