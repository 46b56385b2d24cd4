using System.Collections.Immutable;
using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Moves;

/// <summary>When going back is worth a restart: the node is well for a while, and the instance is settled.</summary>
internal static class RestingPlace
{
    /// <summary>
    /// A node on which it could not be started is not tried by automation for so long: else it would go back and forth.
    /// </summary>
    private static readonly TimeSpan AfterFailure = TimeSpan.FromHours(1);

    /// <summary>It runs, and nothing is being repaired about it.</summary>
    public static bool IsCalm(Cluster cluster, Instance instance) =>
        instance is { Incident: null, Failures.Count: 0 }
        && InstanceMachine.ReportOf(cluster, instance)?.Phase is MachinePhase.Running or MachinePhase.Ready;

    /// <summary>It has taken seats for long enough that instances may go back to it.</summary>
    public static bool TakesBack(Cluster cluster, NodeRecord node, ImmutableArray<Instance> party) =>
        node is { Phase: NodePhase.Up, Cordoned: false, Drain: null, Fitness: null }
        && cluster.Wall - node.OpenSince >= cluster.Policy.Placement.FailbackAfter
        && HasNotFailed(cluster, node.Name, party);

    public static bool HasNotFailed(Cluster cluster, NodeName node, ImmutableArray<Instance> party) =>
        !party.Any(member => member.FailedStart is { } failed && failed.Node == node
            && cluster.Wall - failed.At < AfterFailure);
}
