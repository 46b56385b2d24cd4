using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Quorum;

/// <summary>Whether a voter may be heard by the others of its group.</summary>
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
}
