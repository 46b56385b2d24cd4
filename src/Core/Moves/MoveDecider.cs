using Havm.Core.Changes;
using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Moves;

/// <summary>
/// Brings cold moves to their end: the seat is taken back once the machine has stopped where it leaves, and placement
/// gives the next one when that is proven. A move of what is no longer wanted running is off.
/// </summary>
public static class MoveDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        foreach (var instance in cluster.Ledger.Instances.Restless)
        {
            if (instance.Move is not { } move)
            {
                continue;
            }

            if (instance.Wanted != WantedState.Running || instance.Leaving)
            {
                var off = new Reason("moves", "moveEnded",
                    $"{instance.Name} is wanted stopped: its move to {move.To} is off");
                yield return new Proposal(new MoveEnded(instance.Name, off), off);
            }
            else if (instance.Seat is { } seat && seat.Node == move.From && HasStopped(cluster, instance))
            {
                var left = new Reason("moves", "left",
                    $"{instance.Name} has stopped on {move.From}, and is to start on {move.To}");
                yield return new Proposal(new SeatWithdrawn(instance.Name, cluster.Office.Epoch, left), left);
            }
        }
    }

    private static bool HasStopped(Cluster cluster, Instance instance) =>
        InstanceMachine.ReportOf(cluster, instance)
            is { Phase: MachinePhase.Stopped or MachinePhase.GaveUp, Pid: 0 };
}
