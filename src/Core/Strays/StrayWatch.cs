using System.Collections.Immutable;
using Havm.Core.Liveness;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Strays;

/// <summary>
/// Finds, in what nodes report, machines without a seat there. A node is looked at again only when its report or its
/// seats have changed.
/// </summary>
public static class StrayWatch
{
    /// <summary>Takes new reports into account; at the beginning of every round.</summary>
    public static Cluster Note(Cluster cluster, Instant now)
    {
        var known = cluster;
        foreach (var node in cluster.Ledger.Nodes.Values)
        {
            var heard = cluster.HeardOf(node.Name);
            if (heard.Report is not { } report || (heard.StraysOf is { } of
                && ReferenceEquals(of.Report, report) && of.Revision == node.GoalRevision && of.Boot == node.Boot))
            {
                continue;
            }

            known = known with
            {
                Heard = known.Heard.SetItem(node.Name, heard with
                {
                    Strays = heard.Boot == node.Boot && !node.Unaccounted
                        ? [.. On(cluster.Ledger, node, report, heard.Strays, now)]
                        : [],
                    StraysOf = new LookedThrough(report, node.GoalRevision, node.Boot),
                }),
            };
        }

        return known;
    }

    /// <summary>
    /// Instances of which a copy that may be taken up is known anywhere: of these nothing is started, whatever the
    /// books say.
    /// </summary>
    public static ImmutableHashSet<InstanceName> MayLive(Cluster cluster) =>
    [
        .. cluster.Heard.Values.Where(heard => !heard.Strays.IsEmpty).SelectMany(heard => heard.Strays)
            .Where(stray => cluster.Ledger.Instances.TryGetValue(stray.Instance, out var instance)
                && !IsOutdated(instance, stray.Generation))
            .Select(stray => stray.Instance),
    ];

    /// <summary>
    /// A later seat was given out since, which took a proof that this copy is gone: it may not be, and is never taken
    /// up again.
    /// </summary>
    public static bool IsOutdated(Instance? instance, Generation copy) =>
        copy != Generation.None && (instance is null or { Leaving: true } || copy < instance.Highest);

    private static IEnumerable<Stray> On(
        Ledger ledger, NodeRecord node, NodeReport report, ImmutableArray<Stray> before, Instant now)
    {
        foreach (var machine in report.Instances.Where(m => m.Pid != 0))
        {
            var seat = ledger.Instances.GetValueOrDefault(machine.Instance)?.Seat;
            var seated = seat?.Node == node.Name
                && (seat.Generation == machine.Generation || machine.Generation == Generation.None);
            var ended = node.Floors.TryGetValue(machine.Instance, out var floor)
                && machine.Generation <= floor;
            if (!seated && !ended)
            {
                yield return before.FirstOrDefault(s =>
                        s.Instance == machine.Instance && s.Generation == machine.Generation)
                    ?? new Stray(machine.Instance, machine.Generation, now);
            }
        }
    }
}

/// <summary>What was looked through for strays: the same again need not be.</summary>
public sealed record LookedThrough(NodeReport Report, long Revision, BootId? Boot);
