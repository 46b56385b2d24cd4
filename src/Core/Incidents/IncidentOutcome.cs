using Havm.Core.Prediction;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Incidents;

/// <summary>
/// What became of an incident whose instances are all done; null while something of it is still open.
/// </summary>
internal static class IncidentOutcome
{
    public static string? Of(Cluster cluster, Incident incident)
    {
        if (!incident.IsAboutNode)
        {
            return incident.Instances.Values.Select(i => i.Ended).FirstOrDefault(e => e is not null)
                ?? (incident.Kind == IncidentKind.EndpointDown ? "in rotation again" : "ready again");
        }

        if (!cluster.Ledger.Nodes.TryGetValue(new NodeName(incident.Subject), out var node))
        {
            return "the node was removed";
        }

        return incident.Kind switch
        {
            // Its return is AgentWatchDecider's to see.
            IncidentKind.AgentDown => node.Phase is NodePhase.Up ? null : "the node itself went silent or down",
            IncidentKind.DeadNodeSpoke => node.Phase == NodePhase.Up ? "the node is up with a new boot" : null,
            IncidentKind.CopyFound => cluster.HeardOf(node.Name) is { StraysOf: not null, Strays.IsEmpty: true }
                ? "it runs in one place alone" : null,
            IncidentKind.StoragePathLost => OfPath(cluster, node, incident),
            IncidentKind.NodeWillFail => RiskRule.End(cluster, node),
            _ => OfFailure(cluster, node, incident.Instances.Count),
        };
    }

    private static string? OfPath(Cluster cluster, NodeRecord node, Incident incident)
    {
        var elsewhere = incident.Instances.Values.Count(way => way.ReadyAt is not null && way.To != node.Name);
        var there = incident.Instances.Values.Count(way => way.ReadyAt is not null && way.To == node.Name);
        var became = $"{Count.Of(there, "instance")} went on there, {elsewhere} elsewhere";
        return node.PathAilment(incident.Datastore!) is null ? $"the path is back; {became}"
            : cluster.Ledger.Instances.Touching(node.Name).Any(i => i.Seat?.Node == node.Name
                && i.Machine.DatastoreWhere(name => name == incident.Datastore) is not null) ? null
            : $"nothing there needs {incident.Datastore} any more, which it still does not reach; {became}";
    }

    private static string? OfFailure(Cluster cluster, NodeRecord node, int recovered)
    {
        var waits = cluster.Ledger.Instances.Touching(node.Name)
            .Any(i => !i.Unproven.IsEmpty || node.Phase != NodePhase.Up);
        if (node.Phase == NodePhase.Lost || waits)
        {
            return null;
        }

        return recovered > 0 ? $"{Count.Of(recovered, "instance")} ready again"
            : node.Phase == NodePhase.Up ? "the node came back; nothing was restarted"
            : "it held no instances";
    }
}
