using System.Collections.Immutable;
using Havm.Core.Fencing;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Liveness;

/// <summary>
/// When storage is asked whether it takes a node's writes: now and then while the node speaks, because only what has
/// said On of a boot can be told to refuse it; more often while it is silent, and closely while it is told anything.
/// </summary>
public static class StorageQuestion
{
    /// <summary>Each question starts a program.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Urgent = TimeSpan.FromMinutes(2);

    public static Proposal? For(Cluster cluster, NodeRecord node, NodeHeard heard, Instant now)
    {
        var methods = node.Cut is { GivesBack: null } cut
            ? cut.Methods : StorageFenceDecider.MethodsOf(cluster, node);
        if (methods.IsEmpty || node.Boot is not { } boot)
        {
            return null;
        }

        ImmutableArray<Command> asks =
        [
            .. from method in methods
               let said = heard.CutBy(method)
               where now >= DueAt(cluster, node, heard, said, now) && !said.IsBusy(now)
               select new ReadStorage(node.Name, method, boot),
        ];
        return asks.IsEmpty ? null : new Proposal(
            null, new Reason("liveness", "readStorage", $"storage is asked whether it takes the writes of {node.Name}"))
        {
            Commands = asks, Told = false,
        };
    }

    private static Instant DueAt(Cluster cluster, NodeRecord node, NodeHeard heard, RungHeard said, Instant now)
    {
        if (said.Power is not [.., var newest])
        {
            return Instant.Origin;
        }

        var silence = Silence.Of(heard, cluster.Office, now);
        return node.Cut is { State: not StorageCutState.Refusing } ? newest.AskedAt + (silence < Urgent ? Soon : Later)
            : node.Cut is not null || node.Phase == NodePhase.Lost || silence >= cluster.Policy.Liveness.SuspectAfter
                ? newest.AskedAt + Later
            : PowerQuestion.LookDue(cluster.Office, said);
    }
}
