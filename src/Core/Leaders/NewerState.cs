using Havm.Core.Leases;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Leaders;

/// <summary>
/// What a node has seen that this state does not know (SAFETY 6): another leader, an event of the history, a goal, a
/// generation or a long lease. Then this state is a copy or a restored backup, and acts on nothing until an operator
/// adopts it. An epoch alone would not do: a controller that is started often enough climbs over any.
/// </summary>
/// <param name="Seen">The epoch that showed it; adopting goes beyond it.</param>
/// <param name="Message">For people, with the remedy.</param>
public sealed record NewerState(Epoch Seen, string Message)
{
    private const string Remedy =
        "this state is older or a copy; it acts on nothing until `havm store adopt`";

    /// <summary>Of a state that says itself that it is a copy: it needs no node to tell it.</summary>
    public static Reason OfBackup(DateTimeOffset made) => new("leaders", "backup",
        $"this state is a backup of {made.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC that was put back, and nodes may have "
            + "been told more since: it acts on nothing until `havm store adopt`");

    /// <summary>Null: the input tells of nothing that is newer than this state.</summary>
    public static NewerState? In(Cluster cluster, Input input) => input switch
    {
        Beat beat when beat.Highest.Cluster == cluster.Ledger.ClusterName && Leader(cluster, beat) is { } leader =>
            leader,
        WardenBeatHeard beat => LongLease(cluster, beat),
        AgentBeatHeard { Report: { } report } beat => Given(cluster, beat.Node, report),
        _ => null,
    };

    /// <summary>The highest generation ever given out under this name, as far as this state knows.</summary>
    public static Generation Known(Ledger ledger, InstanceName name) =>
        ledger.Instances.TryGetValue(name, out var instance)
            ? instance.Highest
            : ledger.Retired.GetValueOrDefault(name, Generation.None);

    private static NewerState? Leader(Cluster cluster, Beat beat)
    {
        var (seen, office) = (beat.Highest, cluster.Office);
        if (seen.Epoch > office.Epoch || (seen.Epoch == office.Epoch && seen.Controller != office.Controller))
        {
            return new NewerState(seen.Epoch,
                $"{beat.Node} has obeyed controller {seen.Controller} in epoch {seen.Epoch}, "
                    + $"and this one is in epoch {office.Epoch}: {Remedy}");
        }

        if (seen.Epoch <= cluster.Ledger.Counters.AdoptedBeyond)
        {
            return null;
        }

        if (seen.Event > cluster.Ledger.Counters.Event)
        {
            return new NewerState(seen.Epoch,
                $"{beat.Node} was told of event {seen.Event} by controller {seen.Controller} in epoch {seen.Epoch}, "
                    + $"and this state's history ends at {cluster.Ledger.Counters.Event}: {Remedy}");
        }

        return seen.Epoch < office.Epoch
            && office.Inherited.TryGetValue(beat.Node, out var inherited) && seen.GoalRevision > inherited
                ? new NewerState(seen.Epoch,
                    $"{beat.Node} has obeyed goal {seen.GoalRevision} of epoch {seen.Epoch}, "
                        + $"and this state knew none beyond {inherited} when it was loaded: {Remedy}")
                : null;
    }

    private static NewerState? LongLease(Cluster cluster, WardenBeatHeard beat) =>
        LongLeaseRule.Unknown(cluster, beat) is { } named
            ? new NewerState(named.Epoch, $"{beat.Node} knows long lease {named}, and this state does not: {Remedy}")
            : null;

    /// <summary>Not of a node whose word is awaited after an adoption: what it tells is news then.</summary>
    private static NewerState? Given(Cluster cluster, NodeName node, NodeReport report)
    {
        if (cluster.Ledger.Nodes.GetValueOrDefault(node) is not { Unaccounted: false })
        {
            return null;
        }

        foreach (var (instance, generation) in Told(report))
        {
            if (generation > Known(cluster.Ledger, instance))
            {
                return new NewerState(cluster.Office.Epoch,
                    $"{node} knows generation {generation} of {instance}, and this state has given out none beyond "
                        + $"{Known(cluster.Ledger, instance)}: {Remedy}");
            }
        }

        return null;
    }

    /// <summary>Every generation a report names, running or ruled out.</summary>
    public static IEnumerable<(InstanceName Instance, Generation Generation)> Told(NodeReport report) =>
    [
        .. report.Instances.Select(i => (i.Instance, i.Generation)),
        .. report.Floors.Select(f => (f.Instance, f.Generation)),
    ];
}
