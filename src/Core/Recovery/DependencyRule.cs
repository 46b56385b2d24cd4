using Havm.Core.Disarming;
using Havm.Core.Lifecycle;
using Havm.Core.Records;
using Havm.Core.Rotation;
using Havm.Model;

namespace Havm.Core.Recovery;

/// <summary>
/// Whether what an instance depends on stands, so that it may be started. Only a start that Havm makes by itself is
/// asked about: what is on the move ran already, what a host starts again in place never lost its seat, and who was
/// ordered to start by a person has been told to.
/// </summary>
public static class DependencyRule
{
    /// <summary>Whether it may be given a seat now, as far as it depends on others.</summary>
    public static bool Allows(Cluster cluster, Instance instance)
    {
        foreach (var dependency in instance.DependsOn)
        {
            if (Missing(cluster, instance, dependency) is not null)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// What a dependency still lacks: the first instance of it that has not come so far; null: the start does not wait
    /// for it.
    /// </summary>
    public static Instance? Missing(Cluster cluster, Instance instance, Dependency dependency) =>
        instance.Move is not null || instance.StartWait?.IsOver(dependency) == true
            ? null
            : Lacks(cluster, dependency);

    /// <summary>The first instance of a dependency that has not come so far; null: it stands.</summary>
    public static Instance? Lacks(Cluster cluster, Dependency dependency)
    {
        foreach (var member in Members(cluster.Ledger, dependency))
        {
            if (!HasReached(cluster, member, dependency.Condition))
            {
                return member;
            }
        }

        return null;
    }

    /// <summary>
    /// When a start stops waiting for one dependency, as <see cref="Cluster.SteadyOf"/> counts: its timeout after the
    /// start was due. Nobody can do anything for what is waited for while nobody leads or automation is off, so it
    /// counts from the end of that.
    /// </summary>
    public static DateTimeOffset Until(Cluster cluster, StartWait wait, Dependency dependency, Instant now)
    {
        // Re-armed in this very round it does not listen yet.
        var armed = cluster.Ledger.Disarm is { State: DisarmState.Rearming }
            ? DisarmRule.Listening(cluster) ?? now : cluster.Office.Rearmed?.At ?? cluster.Office.Since;
        var acting = cluster.SteadyOf(Instant.Max(cluster.Office.Since, armed), now);
        return (acting > wait.Since ? acting : wait.Since) + dependency.Timeout;
    }

    /// <summary>For people: what its start waits for, and until when; null: for nothing.</summary>
    public static Reason? Why(Cluster cluster, Instance instance, StartWait wait, Instant now)
    {
        var ahead = cluster.Wall - cluster.SteadyOf(now, now);
        var missing = instance.DependsOn
            .Select(on => (On: on, Lacks: Missing(cluster, instance, on)))
            .Where(each => each.Lacks is not null)
            .Select(each => $"{each.On.Target} to be {Word.Of(each.On.Condition)} (until "
                + $"{Until(cluster, wait, each.On, now) + ahead:HH:mm:ss}Z at the longest; {each.Lacks!.Name} is "
                + $"{Word.Of(InstanceMachine.PhaseOf(cluster, each.Lacks))})").ToList();
        return missing.Count == 0 ? null : new Reason("recovery", "startWaits",
            $"{instance.Name} waits for {string.Join(", and for ", missing)}; "
                + $"`havm vm start {instance.Name}` starts it at once");
    }

    /// <summary>
    /// The instances behind a dependency that Havm is to run. What is stopped by order, left to people or on its way
    /// out would be waited for in vain.
    /// </summary>
    private static IEnumerable<Instance> Members(Ledger ledger, Dependency dependency)
    {
        var owner = new SpecKey(dependency.Kind, dependency.Name);
        foreach (var name in NamesOf(ledger, owner, dependency.Role))
        {
            if (ledger.Instances.TryGetValue(name, out var member) && member.Owner == owner
                && member is { Wanted: WantedState.Running, Leaving: false })
            {
                yield return member;
            }
        }
    }

    private static IEnumerable<InstanceName> NamesOf(Ledger ledger, SpecKey owner, string? only) =>
        ledger.Specs.GetValueOrDefault(owner.ToString())?.Spec switch
        {
            VirtualMachineSpec => [new InstanceName(owner.Name)],
            ServiceSpec service => service.Roles.Where(role => only is null || role.Name == only)
                .SelectMany(role => Enumerable.Range(0, role.Instances)
                    .Select(index => new InstanceName($"{owner.Name}-{role.Name}-{index}"))),
            _ => [],
        };

    private static bool HasReached(Cluster cluster, Instance member, Readiness condition)
    {
        if (member.Seat is null
            || InstanceMachine.PhaseOf(cluster, member) is not (InstancePhase.Running or InstancePhase.Ready))
        {
            return false;
        }

        return condition switch
        {
            Readiness.Running => true,
            Readiness.GuestReady => IsWell(cluster, member),
            Readiness.ProbeOk => IsWell(cluster, member) && Answers(cluster, member),
        };
    }

    private static bool IsWell(Cluster cluster, Instance member) =>
        InstanceMachine.IsWell(member, InstanceMachine.ReportOf(cluster, member));

    /// <summary>The last word of a balancer stands while it cannot be heard: its verdicts freeze.</summary>
    private static bool Answers(Cluster cluster, Instance member) => member.Endpoint is null
        && cluster.Ledger.BalancersOf(member).All(balancer => cluster.BalancerHeardOf(balancer.Name).Of(member.Name)
            is { Health: MemberHealth.Up, Rotation: MemberRotation.In });
}
