using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Rotation;

/// <summary>Planned work waits until the balancers in front of an instance send it nothing any more.</summary>
public static class RotationRule
{
    /// <summary>
    /// How an instance that is to be stopped, restarted or moved leaves rotation first; null: no balancer sends it
    /// anything, so nothing needs to wait.
    /// </summary>
    public static RotationExit? ExitFor(Cluster cluster, Instance instance, Reason why, bool restart = false)
    {
        if (instance.RotationExit is { } begun)
        {
            return begun with { Why = why, Restart = begun.Restart || restart };
        }

        var phase = InstanceMachine.ReportOf(cluster, instance)?.Phase;
        var drain = TimeSpan.Zero;
        foreach (var (_, spec) in cluster.Ledger.BalancersOf(instance))
        {
            drain = spec.Drain > drain ? spec.Drain : drain;
        }

        return drain > TimeSpan.Zero && instance.WantedThere == WantedState.Running
            && phase is MachinePhase.Running or MachinePhase.Ready
            ? new RotationExit(why, cluster.Wall, cluster.Wall + drain, restart)
            : null;
    }

    /// <summary>Why it need not wait any more; null while it must.</summary>
    public static Reason? Over(Cluster cluster, Instance instance, RotationExit exit, Instant now)
    {
        var name = instance.Name;
        if (cluster.Wall >= exit.Until)
        {
            return new Reason("rotation", "drainTimeOver", $"{name} has had {Time(exit.Until - exit.Since)} to end "
                + $"its connections: {Rest(cluster, instance, exit, now) ?? "none is left"}");
        }

        if (InstanceMachine.ReportOf(cluster, instance) is
            { Phase: not (MachinePhase.Running or MachinePhase.Ready or MachinePhase.Paused) })
        {
            return new Reason("rotation", "notRunning", $"{name} does not run now: nothing is left to be drained");
        }

        var rest = Rest(cluster, instance, exit, now);
        return rest is null
            ? new Reason("rotation", "drained", $"{name} is out of rotation and has no connection left")
            : null;
    }

    /// <summary>What is not over yet; null: no balancer sends it anything, and nothing it was sent is open.</summary>
    private static string? Rest(Cluster cluster, Instance instance, RotationExit exit, Instant now)
    {
        foreach (var (balancer, _) in cluster.Ledger.BalancersOf(instance))
        {
            var heard = cluster.BalancerHeardOf(balancer);
            if (heard.Word is null || !heard.IsFresh(now, cluster.Office.ListeningSince))
            {
                return $"LoadBalancer/{balancer} cannot be heard";
            }

            var member = heard.Of(instance.Name);
            if (cluster.WallOf(heard.At, now) <= exit.Since
                || member?.Rotation is MemberRotation.In or MemberRotation.Joining)
            {
                return $"LoadBalancer/{balancer} has not taken it out yet";
            }

            if (member is { Sessions: > 0 })
            {
                return $"LoadBalancer/{balancer} still has {Count.Of(member.Sessions, "connection")} to it";
            }
        }

        return null;
    }

    private static string Time(TimeSpan time) => $"{time.TotalSeconds:0.#} s";
}
