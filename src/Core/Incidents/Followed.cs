using System.Collections.Immutable;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Incidents;

/// <summary>
/// The picture on which all open incidents were followed last. What an instance's way back depends on is its incident,
/// its own record and the report of its node: where none of the three is another one since, there is nothing to follow.
/// In a storm thousands of instances are on their way back, and a word of one node moves a few of them.
/// </summary>
public sealed record Followed(
    ImmutableSortedDictionary<string, Incident> Incidents, InstanceTable Instances,
    SortedTable<NodeName, NodeHeard> Heard)
{
    public static Followed On(Cluster cluster) =>
        new(cluster.Ledger.Incidents, cluster.Ledger.Instances, cluster.Heard);

    /// <summary>Instances whose own record, or the report of whose node, is not what it was then.</summary>
    public IReadOnlySet<InstanceName> MovedSince(Cluster cluster)
    {
        var moved = cluster.Ledger.Instances.ChangedSince(Instances).ToHashSet();
        foreach (var node in cluster.Heard.ChangedSince(Heard))
        {
            if (!ReferenceEquals(cluster.HeardOf(node).Report, Heard.GetValueOrDefault(node)?.Report))
            {
                moved.UnionWith(cluster.Ledger.Instances.Touching(node).Select(instance => instance.Name));
            }
        }

        return moved;
    }

    /// <summary>Whether the incident itself is another one than it was then.</summary>
    public bool IsNew(Cluster cluster, Incident incident) => !ReferenceEquals(cluster.Ledger.Incidents, Incidents)
        && !ReferenceEquals(Incidents.GetValueOrDefault(incident.Id), incident);
}
