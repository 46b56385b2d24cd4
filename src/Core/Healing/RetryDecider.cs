using System.Collections.Immutable;
using Havm.Core.Changes;
using Havm.Core.Leaders;
using Havm.Core.Placement;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Healing;

/// <summary>
/// What could be started on none of its nodes is `failed`: it is no longer tried on any node that it failed on or that
/// could have taken it then. A node that could not and now can is tried at once, by placement alone; after a while,
/// when the lock that refused it is free, or by order, all are open again.
/// </summary>
public static class RetryDecider
{
    public static IEnumerable<Proposal> Decide(Cluster cluster, Instant now)
    {
        PlacementView? view = null;
        foreach (var instance in cluster.Ledger.Instances.Restless)
        {
            if (instance is not { Seat: null, Unproven.IsEmpty: true, Wanted: WantedState.Running, Leaving: false }
                || instance.Failures.Tried.IsEmpty || instance.Awaits is not null
                || AdoptionDecider.Waits(cluster.Ledger) is not null)
            {
                continue;
            }

            var failures = instance.Failures;
            if (LockRule.IsFree(cluster, instance, now))
            {
                yield return LockFreed(instance, failures);
                continue;
            }

            if (LockRule.WatchedAnew(cluster, instance) is { } watched)
            {
                failures = failures with { Refusal = watched };
                var why = new Reason("healing", "lockWatched",
                    $"{watched.Node} watches the lock that refused {instance.Name}");
                yield return new Proposal(new TryFailed(instance.Name, failures), why) { Told = false };
            }

            if (failures.GivenUp is { } givenUp)
            {
                if (BackOff.IsOver(givenUp, instance.Retries.Again, cluster.Wall))
                {
                    yield return Again(instance, failures);
                }

                continue;
            }

            view ??= new PlacementView(cluster);
            var open = PlacementDecider.Legal(view, instance);
            if (failures.Tried.Length > instance.Retries.Elsewhere || open.IsEmpty)
            {
                yield return GiveUp(instance, failures, open, cluster.Wall);
            }
        }
    }

    private static Proposal Again(Instance instance, FailedTries failures)
    {
        var why = new Reason("healing", "triedAgain",
            $"{instance.Name} has been failed for long enough: all nodes are open to it again");
        return new Proposal(
            new TryFailed(instance.Name, failures with { Tried = [], GivenUp = null, NextTryAt = null }), why);
    }

    /// <summary>The cause has cleared, on every node: its disks' locks are the same everywhere.</summary>
    private static Proposal LockFreed(Instance instance, FailedTries failures)
    {
        var why = new Reason("healing", "lockFreed",
            $"{failures.Refusal!.Node} sees that nobody holds the lock any more that refused {instance.Name}: "
                + "it is tried again at once");
        return new Proposal(
            new TryFailed(
                instance.Name, failures with
                {
                    Tried = [], GivenUp = null, NextTryAt = null, Refusal = null, Rounds = failures.Rounds + 1,
                }),
            why);
    }

    private static Proposal GiveUp(
        Instance instance, FailedTries failures, ImmutableArray<NodeName> open, DateTimeOffset wall)
    {
        var rounds = failures.Rounds + 1;
        var again = instance.Retries.Again is { } longest
            ? wall + BackOff.BetweenRounds(rounds, longest) : (DateTimeOffset?)null;
        var others = open.IsEmpty ? "no other node can take it now"
            : $"{Count.Of(instance.Retries.Elsewhere, "other node")} may be tried";
        var why = new Reason("healing", "failed",
            $"{instance.Name} could not be started on {string.Join(", ", failures.Tried)}, and {others}: "
                + $"{failures.Why?.Message}; it is tried again when a node can take it that could not until now, "
                + (failures.Refusal is { } refusal ? $"when {refusal.Node} finds its disks' locks free, " : "")
                + (again is { } at ? $"at {at:HH:mm:ss}Z, " : "") + $"or by `havm vm start {instance.Name}`");
        return new Proposal(
            new TryFailed(instance.Name, failures with
            {
                NextTryAt = null,
                Tried = failures.Tried.AddRange(open),
                GivenUp = new GivenUp(wall, again, why),
                Rounds = rounds,
            }),
            why);
    }
}
