using System.Collections.Immutable;
using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Rotation;

/// <summary>
/// What one load balancer shall do: derived from specs, seats and what nodes report, never stored.
/// </summary>
/// <param name="Name">The LoadBalancer object.</param>
/// <param name="Spec">What it fronts, and how.</param>
/// <param name="Members">In name order.</param>
public sealed record BalancerPlan(string Name, LoadBalancerSpec Spec, ImmutableArray<PlannedMember> Members)
{
    /// <summary>Null: there is no such balancer.</summary>
    public static BalancerPlan? Of(Cluster cluster, string name) =>
        cluster.Ledger.Find<LoadBalancerSpec>("LoadBalancer", name) is { } spec
            ? new BalancerPlan(name, spec,
            [
                .. InstancesBehind(cluster.Ledger, spec)
                    .Where(i => AddressOf(i) is not null)
                    .Select(i => new PlannedMember(i.Name, AddressOf(i)!, WishFor(cluster, i)))
                    .OrderBy(m => m.Instance),
            ])
            : null;

    /// <summary>The instances behind a balancer: those of its role, also on their way out.</summary>
    public static IEnumerable<Instance> InstancesBehind(Ledger ledger, LoadBalancerSpec balancer)
    {
        var owner = new SpecKey("Service", balancer.Service);
        var role = ledger.Find<ServiceSpec>("Service", balancer.Service)?.Roles
            .FirstOrDefault(r => r.Name == balancer.Role);
        var counted = role?.Instances ?? 0;
        for (var index = 0; index < counted; index++)
        {
            var name = new InstanceName($"{balancer.Service}-{balancer.Role}-{index}");
            if (ledger.Instances.TryGetValue(name, out var instance) && instance.Owner == owner)
            {
                yield return instance;
            }
        }

        foreach (var leaving in ledger.Instances.Restless)
        {
            if (leaving.Leaving && leaving.Owner == owner && leaving.Role == balancer.Role && leaving.Index >= counted)
            {
                yield return leaving;
            }
        }
    }

    /// <summary>Where a member answers: the address of its first card, which it keeps for life.</summary>
    public static string? AddressOf(Instance instance) =>
        instance.Machine.Nics is [var first, ..] ? first.Address.Split('/')[0] : null;

    /// <summary>
    /// Only what is known to be down or on its way there is taken out. A node that cannot be heard says nothing about
    /// its guests: the balancer's own probe does.
    /// </summary>
    private static MemberWish WishFor(Cluster cluster, Instance instance)
    {
        if (instance.Seat is null)
        {
            return MemberWish.Out;
        }

        if (instance.RotationExit is not null)
        {
            return MemberWish.Drain;
        }

        if (instance.WantedThere == WantedState.Stopped)
        {
            return MemberWish.Out;
        }

        if (InstanceMachine.ReportOf(cluster, instance) is not { } report)
        {
            return MemberWish.Keep;
        }

        return report.Phase switch
        {
            MachinePhase.Ready => MemberWish.In,
            MachinePhase.Running => InstanceMachine.SaysReady(instance, report) ? MemberWish.Keep : MemberWish.In,
            MachinePhase.Starting or MachinePhase.Paused or MachinePhase.Stopping or MachinePhase.Stopped
                or MachinePhase.GaveUp => MemberWish.Out,
        };
    }
}

/// <summary>What one member shall be.</summary>
/// <param name="Instance">Which.</param>
/// <param name="Address">Its IPv4 address.</param>
/// <param name="Wish">In rotation, or how far out of it.</param>
public sealed record PlannedMember(InstanceName Instance, string Address, MemberWish Wish);

public enum MemberWish
{
    /// <summary>As it is: nothing new is known. One that is not a member yet becomes none.</summary>
    Keep,

    /// <summary>In rotation once enough probes in a row were answered, and for as long as they are.</summary>
    In,

    /// <summary>No new requests; those it has end.</summary>
    Drain,

    /// <summary>Nothing, at once.</summary>
    Out,
}
