using Havm.Core.Changes;
using Havm.Core.Notices;
using Havm.Core.Records;
using Havm.Core.Rotation;
using Havm.Model;

namespace Havm.Core.Lifecycle;

/// <summary>
/// From wishes to instances and back: makes and revises what specs ask for, takes seats back from what is to stop, and
/// forgets what has left once its last seat is proven dead.
/// </summary>
public static class LifecycleDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now) =>
        (ReferenceEquals(cluster.CarriedOut, cluster.Ledger.Specs) ? [] : CarryOut(cluster)).Concat(Finish(cluster));

    /// <summary>
    /// Notes that specs are carried out when the comparison has found nothing to do, so that the next rounds need not
    /// compare again.
    /// </summary>
    public static Cluster Note(Cluster cluster) =>
        ReferenceEquals(cluster.CarriedOut, cluster.Ledger.Specs) || !IsCarriedOut(cluster)
            ? cluster
            : cluster with { CarriedOut = cluster.Ledger.Specs };

    /// <summary>Also what waits counts: an instance without an address, a deleted node that is not yet empty.</summary>
    private static bool IsCarriedOut(Cluster cluster)
    {
        var ledger = cluster.Ledger;
        return !CarryOut(cluster).Any()
            && InstancePlan.Of(ledger).Values
                .All(p => ledger.Instances.TryGetValue(p.Name, out var made) && IsOf(p, made))
            && ledger.Nodes.Keys.All(n => ledger.NodeSpecOf(n) is not null);
    }

    private static IEnumerable<Proposal> CarryOut(Cluster cluster)
    {
        var wanted = InstancePlan.Of(cluster.Ledger);
        return Nodes(cluster)
            .Concat(Make(cluster, wanted))
            .Concat(cluster.Ledger.Instances.Values.SelectMany(i => Compare(cluster, i, wanted)));
    }

    private static IEnumerable<Proposal> Nodes(Cluster cluster)
    {
        foreach (var (name, _) in cluster.Ledger.All<NodeSpec>())
        {
            if (!cluster.Ledger.Nodes.ContainsKey(new NodeName(name)))
            {
                var why = new Reason(
                    "lifecycle", "nodeAdded", $"{name} belongs to the cluster; it has not been heard yet");
                yield return new Proposal(new NodeAdded(new NodeName(name), why, cluster.Wall), why);
            }
        }

        foreach (var node in cluster.Ledger.Nodes.Values)
        {
            if (cluster.Ledger.NodeSpecOf(node.Name) is null && !cluster.Ledger.Instances.Touching(node.Name).Any()
                && node is { Cut: null } or { Phase: NodePhase.Dead })
            {
                var why = new Reason("lifecycle", "nodeRemoved", $"{node.Name} was deleted and holds nothing");
                yield return new Proposal(new NodeRemoved(node.Name), why);
            }
        }
    }

    private static IEnumerable<Proposal> Make(
        Cluster cluster, IReadOnlyDictionary<InstanceName, PlannedInstance> wanted)
    {
        var missing = wanted.Values.Where(p => !cluster.Ledger.Instances.ContainsKey(p.Name)).ToList();
        if (missing.Count == 0)
        {
            yield break;
        }

        var pool = new AddressPool(cluster.Ledger);
        var domains = new DomainCounter(cluster.Ledger);
        foreach (var plan in missing)
        {
            if (InstanceFactory.Make(cluster, plan, pool, domains) is { } made)
            {
                var why = new Reason("lifecycle", "instanceCreated", $"{plan.Owner} asks for {plan.Name}");
                yield return new Proposal(new InstanceCreated(made), why);
            }
        }
    }

    private static IEnumerable<Proposal> Compare(
        Cluster cluster, Instance instance, IReadOnlyDictionary<InstanceName, PlannedInstance> wanted)
    {
        // A namesake that another object asks for is another instance: this one has to leave first.
        if (wanted.TryGetValue(instance.Name, out var plan) && IsOf(plan, instance))
        {
            if (InstanceFactory.Revise(cluster, instance, plan) is { } revised)
            {
                var why = new Reason("lifecycle", "instanceRevised", Revision(cluster, instance, revised));
                var started = InstanceMachine.ReportOf(cluster, instance)?.StartedAt;
                yield return new Proposal(new InstanceRevised(revised) { StartedAt = started }, why);
            }
        }
        else if (!instance.Leaving)
        {
            var why = new Reason("lifecycle", "instanceLeaving",
                $"{instance.Owner} no longer asks for {instance.Name}: it is shut down and then forgotten");
            yield return new Proposal(new InstanceRevised(
                instance with { Leaving = true, Wanted = WantedState.Stopped })
            {
                Exit = RotationRule.ExitFor(cluster, instance, why),
                Notice = NoticeRule.For(cluster, instance, NoticeKind.Stop, why, byPerson: true),
            }, why, Impact.Restart);
        }
    }

    /// <summary>
    /// What changes, and what of it waits for a new process; an object or the policy may have changed.
    /// </summary>
    private static string Revision(Cluster cluster, Instance from, Instance to)
    {
        var later = PendingStart.Of(cluster, from, to.Machine);
        string[] words =
        [
            .. from.Leaving && !to.Leaving ? [$"{to.Owner} asks for it again"] : Array.Empty<string>(),
            .. MachineChange.AtNextStart(from.Machine, to.Machine),
            .. MachineChange.AtOnce(from.Machine, to.Machine),
            .. from.Priority != to.Priority ? [$"priority {from.Priority} -> {to.Priority}"] : Array.Empty<string>(),
            .. from.DependsOn.SequenceEqual(to.DependsOn) ? Array.Empty<string>() : ["what it depends on"],
            .. from.Retries != to.Retries ? ["retries"] : Array.Empty<string>(),
            .. from.Failback != to.Failback ? [$"failback {(to.Failback ? "on" : "off")}"] : Array.Empty<string>(),
            .. from.AvailabilitySet != to.AvailabilitySet ? ["availability set"] : Array.Empty<string>(),
        ];
        return $"{to.Name} changes: {string.Join(", ", words)}"
            + (later.IsEmpty ? "" : $"; {string.Join(", ", later)} from its next start on");
    }

    /// <summary>Takes seats back from what has stopped as ordered, and forgets what has left.</summary>
    private static IEnumerable<Proposal> Finish(Cluster cluster)
    {
        foreach (var instance in cluster.Ledger.Instances.Restless.Where(i => i.Wanted == WantedState.Stopped))
        {
            if (instance.Seat is { } seat)
            {
                if (InstanceMachine.ReportOf(cluster, instance)
                    is { Phase: MachinePhase.Stopped or MachinePhase.GaveUp, Pid: 0 })
                {
                    var why = new Reason(
                        "lifecycle", "stopped", $"{instance.Name} has stopped on {seat.Node}, as ordered");
                    yield return new Proposal(new SeatWithdrawn(instance.Name, cluster.Office.Epoch, why), why);
                }
            }
            else if (instance.Leaving && instance.Unproven.IsEmpty && !IsWantedAgain(cluster, instance))
            {
                var why = new Reason(
                    "lifecycle", "forgotten", $"{instance.Name} has left and every seat of it is proven dead");
                yield return new Proposal(new InstanceForgotten(instance.Name), why);
            }
        }
    }

    /// <summary>Its object was applied again before it had left: it is revised this very round, and stays.</summary>
    private static bool IsWantedAgain(Cluster cluster, Instance instance) =>
        cluster.Ledger.Specs.TryGetValue(instance.Owner.ToString(), out var owner)
        && InstancePlan.Of(owner).Any(p => p.Name == instance.Name && IsOf(p, instance));

    private static bool IsOf(PlannedInstance plan, Instance instance) =>
        plan.Owner == instance.Owner && plan.Role == instance.Role;
}
