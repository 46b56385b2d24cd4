using Havm.Core.Changes;
using Havm.Core.Placement;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Recovery;

/// <summary>
/// Starts in order: notes when a start that is due begins to wait for what the instance depends on, and what it does
/// not wait for any more because its time is over. Placement seats only those that may start.
/// </summary>
public static class DependencyDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        var counted = cluster.SteadyOf(now, now);
        foreach (var instance in cluster.Ledger.Instances.Restless)
        {
            if (instance.DependsOn.IsEmpty || !PlacementDecider.StartIsDue(cluster, instance))
            {
                continue;
            }

            if (instance.StartWait is not { } wait || wait.Since > counted)
            {
                // A wait that has yet to begin was noted by a clock that was ahead.
                wait = new StartWait(counted);
                if (DependencyRule.Why(cluster, instance, wait, now) is { } why)
                {
                    yield return new Proposal(new StartWaited(instance.Name, wait), why);
                }

                continue;
            }

            foreach (var dependency in instance.DependsOn)
            {
                if (DependencyRule.Missing(cluster, instance, dependency) is { } lacks
                    && DependencyRule.Until(cluster, wait, dependency, now) <= counted)
                {
                    var over = new Reason("recovery", "dependencyGivenUp",
                        $"{instance.Name} starts although {dependency.Target} was not {Word.Of(dependency.Condition)} "
                            + $"after {dependency.Timeout.TotalSeconds:0} s: look at {lacks.Name}");
                    yield return new Proposal(new DependencyGivenUp(instance.Name, dependency.Target), over);
                }
            }
        }
    }
}
