using Havm.Core.Changes;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Lifecycle;

/// <summary>
/// From wishes to instances and back: makes and revises what specs ask for, takes seats back from what is to stop, and
/// forgets what has left once its last seat is proven dead.
/// </summary>
public static class LifecycleDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        var wanted = InstancePlan.Of(cluster.Ledger);
        return Nodes(cluster)
            .Concat(Make(cluster, wanted))
            .Concat(cluster.Ledger.Instances.Values.SelectMany(i => Keep(cluster, i, wanted)));
    }

    private static IEnumerable<Proposal> Nodes(Cluster cluster)
    {
        foreach (var (name, _) in cluster.Ledger.All<NodeSpec>())
        {
            if (!cluster.Ledger.Nodes.ContainsKey(new NodeName(name)))
            {
                var why = new Reason("lifecycle", "nodeAdded", $"{name} belongs to the cluster; it has not been heard yet");
                yield return new Proposal(new NodeAdded(new NodeName(name), why, cluster.Wall), why);
            }
        }

        foreach (var node in cluster.Ledger.Nodes.Values)
        {
            if (cluster.Ledger.NodeSpecOf(node.Name) is null && !cluster.Ledger.Touching(node.Name).Any())
            {
                var why = new Reason("lifecycle", "nodeRemoved", $"{node.Name} was deleted and holds nothing");
                yield return new Proposal(new NodeRemoved(node.Name), why);
            }
        }
    }

    private static IEnumerable<Proposal> Make(Cluster cluster, IReadOnlyDictionary<InstanceName, PlannedInstance> wanted)
    {
        var pool = new AddressPool(cluster.Ledger);
        var domains = new DomainCounter(cluster.Ledger);
        foreach (var plan in wanted.Values.Where(p => !cluster.Ledger.Instances.ContainsKey(p.Name)))
        {
            if (InstanceFactory.Make(cluster, plan, pool, domains) is { } made)
            {
                var why = new Reason("lifecycle", "instanceCreated", $"{plan.Owner} asks for {plan.Name}");
                yield return new Proposal(new InstanceCreated(made), why);
            }
        }
    }

    private static IEnumerable<Proposal> Keep(
        Cluster cluster, Instance instance, IReadOnlyDictionary<InstanceName, PlannedInstance> wanted)
    {
        if (wanted.TryGetValue(instance.Name, out var plan))
        {
            var revised = InstanceFactory.Revise(cluster, instance, plan);
            if (revised is not null)
            {
                var why = new Reason("lifecycle", "instanceRevised", $"{plan.Owner} changed {instance.Name}; size and disks apply at its next start");
                yield return new Proposal(new InstanceRevised(revised), why);
            }
        }
        else if (!instance.Leaving)
        {
            var why = new Reason("lifecycle", "instanceLeaving", $"{instance.Owner} no longer asks for {instance.Name}: it is shut down and then forgotten");
            yield return new Proposal(new InstanceRevised(instance with { Leaving = true, Wanted = WantedState.Stopped }), why, Impact.Restart);
        }

        if (instance.Wanted == WantedState.Stopped)
        {
            foreach (var proposal in Stop(cluster, instance))
            {
                yield return proposal;
            }
        }
    }

    private static IEnumerable<Proposal> Stop(Cluster cluster, Instance instance)
    {
        if (instance.Seat is { } seat)
        {
            var report = InstanceMachine.ReportOf(cluster, instance);
            if (report is { Phase: MachinePhase.Stopped or MachinePhase.GaveUp, Pid: 0 })
            {
                var why = new Reason("lifecycle", "stopped", $"{instance.Name} has stopped on {seat.Node}, as ordered");
                yield return new Proposal(new SeatWithdrawn(instance.Name, seat, cluster.Office.Epoch, why), why);
            }
        }
        else if (instance.Leaving && instance.Unproven.IsEmpty)
        {
            var why = new Reason("lifecycle", "forgotten", $"{instance.Name} has left and every seat of it is proven dead");
            yield return new Proposal(new InstanceForgotten(instance.Name), why);
        }
    }
}
