using Havm.Core.Changes;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Recovery;

/// <summary>
/// Reboot first: what sat on a node that is proven off waits for it, while it is powered on, and starts there again
/// with a new seat. Elsewhere it starts when the node is not back in time, or as soon as it is clear that nobody brings
/// it back. That the earlier generation is dead was proven before the wait began.
/// </summary>
public static class RebootDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        foreach (var instance in cluster.Ledger.Instances.Restless)
        {
            if (instance is { Seat: null, Awaits: { } note } && Over(cluster, instance, note) is { } why)
            {
                var reason = new Reason("recovery", "awaitEnded", $"{instance.Name} starts wherever it can: {why}");
                yield return new Proposal(new RestartAwaitEnded(instance.Name, reason), reason);
            }
        }
    }

    /// <summary>What an instance that is freed from a node waits for; null: it starts elsewhere at once.</summary>
    public static AwaitNote? For(Cluster cluster, Instance instance, NodeRecord node)
    {
        if (instance is not { Recovery: RecoveryMode.RebootFirst, Wanted: WantedState.Running, Leaving: false }
            || NotComing(cluster, node) is not null)
        {
            return null;
        }

        var until = cluster.Wall + cluster.Policy.Recovery.RebootWait;
        var why = new Reason("recovery", "restartAwaited",
            $"{instance.Name} waits for {node.Name}, which is proven off and powered on again: it starts there when "
                + $"that is back, and elsewhere at {until:HH:mm:ss}Z; "
                + $"`havm vm start {instance.Name}` starts it at once");
        return new AwaitNote(node.Name, until, why);
    }

    /// <summary>Whether it may be given a seat now, as far as its node is concerned.</summary>
    public static bool Allows(Cluster cluster, Instance instance) =>
        instance.Awaits is not { } note
        || cluster.Ledger.Nodes.GetValueOrDefault(note.Node) is not { } node || node.Phase == NodePhase.Up;

    private static string? Over(Cluster cluster, Instance instance, AwaitNote note) =>
        cluster.Ledger.Nodes.GetValueOrDefault(note.Node) is not { } node ? $"{note.Node} left the cluster"
        : instance.Recovery == RecoveryMode.RecoverFirst ? "it is to be recovered first now"
        : note.Until <= cluster.Wall || note.Until - cluster.Wall > cluster.Policy.Recovery.RebootWait
            ? $"{note.Node} was not back after {cluster.Policy.Recovery.RebootWait.TotalMinutes:0} min"
        : node.Phase == NodePhase.Up ? null
        : NotComing(cluster, node);

    /// <summary>Why nobody brings a dead node back by powering it on, in words; null: it is powered on.</summary>
    private static string? NotComing(Cluster cluster, NodeRecord node) => node switch
    {
        { Phase: not NodePhase.Dead } => $"{node.Name} is {Word.Of(node.Phase)}",
        { Cordoned: true } => $"{node.Name} is cordoned",
        { Drain: not null } => $"{node.Name} is in maintenance",
        { Fit: NodeFitness.Quarantine or NodeFitness.OutForRepair or NodeFitness.Retired } =>
            $"{node.Name} is {NodeLife.FitnessRule.Place(node.Fit)}",
        { PowerOn: null } => $"an operator said that {node.Name} is off, and switches it on",
        { PowerOn.GivenUp: true } => $"{node.Name} could not be powered on",
        _ when !cluster.Policy.Healing.PowerOn => "the policy says healing.powerOn: false",
        _ when cluster.Ledger.NodeSpecOf(node.Name)?.Rungs is not { IsEmpty: false } =>
            $"nothing can power {node.Name} on",
        _ => null,
    };
}
