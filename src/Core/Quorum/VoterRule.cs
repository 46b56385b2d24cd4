using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Quorum;

/// <summary>
/// What is known of a voter: whether the others of its group may hear it, and whether it can be counted on.
/// </summary>
internal static class VoterRule
{
    /// <summary>Whatever its guest says: its vCPUs run, or for all that is known they do.</summary>
    public static bool MayVote(Cluster cluster, InstanceName name)
    {
        if (cluster.Ledger.Instances.GetValueOrDefault(name) is not { } instance)
        {
            return false;
        }

        if (instance.Seat is not { } seat)
        {
            return !instance.Unproven.IsEmpty;
        }

        return cluster.Ledger.Nodes.GetValueOrDefault(seat.Node)?.Phase switch
        {
            NodePhase.Dead => false,
            NodePhase.Up => InstanceMachine.ReportOf(cluster, instance)?.Phase
                is null or MachinePhase.Running or MachinePhase.Ready or MachinePhase.Stopping,
            _ => true,
        };
    }

    public static bool Runs(Cluster cluster, Instance instance) => InstanceMachine.PhaseOf(cluster, instance) switch
    {
        InstancePhase.Running or InstancePhase.Ready => true,
        InstancePhase.Unmanaged => instance.Seat is { } seat && cluster.Ledger.Nodes[seat.Node].Phase == NodePhase.Up
            && InstanceMachine.ReportOf(cluster, instance)?.Phase is MachinePhase.Running or MachinePhase.Ready,
        _ => false,
    };

    /// <summary>What is known of it is new: its host agent speaks, and has told this in its present life.</summary>
    public static bool IsTold(Cluster cluster, Instance instance, Instant now) => instance.Seat is { } seat
        && cluster.HeardOf(seat.Node).ReportConfirmed is { } told && now - told < cluster.Policy.Liveness.SuspectAfter;

    /// <summary>
    /// It can be counted on: its guest has said that it is ready, where it can say so, and its host agent speaks.
    /// </summary>
    public static bool IsCountedOn(Cluster cluster, InstanceName name, Instant now) =>
        cluster.Ledger.Instances.GetValueOrDefault(name) is { } instance
        && Runs(cluster, instance) && IsTold(cluster, instance, now)
        && InstanceMachine.IsWell(instance, InstanceMachine.ReportOf(cluster, instance));
}
