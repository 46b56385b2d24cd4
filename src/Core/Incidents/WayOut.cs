using Havm.Core.Host.Watch;
using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Incidents;

/// <summary>
/// The way of an instance that sits on a node which goes on, and has to leave it or gets well there: what a lost path
/// to storage hurts, and what moves away from a node that will fail.
/// </summary>
internal static class WayOut
{
    /// <summary>Whether its host says that it does nothing because a datastore is out of reach there.</summary>
    public static bool IsHurt(InstanceReport report) => report.StorageLost || report.HeldByPath;

    /// <summary>The open incident of a lost path by which an instance on that node is hurt; null: none.</summary>
    public static Incident? PathOf(Ledger ledger, NodeName node, InstanceName instance) =>
        ledger.Incidents.Values.FirstOrDefault(i => i is { Open: true, Kind: IncidentKind.StoragePathLost }
            && i.Subject == node.Value && i.Instances.GetValueOrDefault(instance) is { Done: false });

    /// <summary>How far it is while it still sits where it was.</summary>
    public static InstanceRecovery Stay(
        Cluster cluster, Incident incident, Instance instance, InstanceRecovery way)
    {
        if (incident.Kind == IncidentKind.NodeWillFail)
        {
            return instance.Move is null ? way with { To = way.From, Ended = "it stays, its move is off" } : way;
        }

        if (InstanceMachine.ReportOf(cluster, instance) is not { } report)
        {
            return way;
        }

        // Each try to go on lets it run for a moment. Its host goes on saying that it is held until no access has
        // failed for a while, so that a path that comes and goes is not written down each time: it runs since then.
        var runs = !IsHurt(report) && report.Phase is MachinePhase.Running or MachinePhase.Ready;
        var next = way with { StartedAt = runs ? way.StartedAt ?? Began(cluster, way) : null };
        return next.StartedAt is { } since && !IsHurt(report) && instance.Move is null
            && InstanceMachine.IsWell(instance, report)
            && cluster.Ledger.Nodes.GetValueOrDefault(way.From!.Value)?.PathAilment(incident.Datastore!) is null
                ? next with { To = way.From, ReadyAt = since }
                : next;
    }

    /// <summary>When what runs again began to, for what a disk error held and for what only hung.</summary>
    private static DateTimeOffset Began(Cluster cluster, InstanceRecovery way) =>
        way.HurtAt is not { } hurt ? cluster.Wall
        : cluster.Wall - AilmentWatch.OverAfter is var quiet && quiet > hurt ? quiet : hurt;
}
