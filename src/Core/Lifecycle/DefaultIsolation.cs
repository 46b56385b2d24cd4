using System.Collections.Immutable;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Lifecycle;

/// <summary>
/// The isolation policy of an instance whose spec writes none (SAFETY: isolation policy): leaveRunning where something
/// beside a lease can prove its node dead, and pause else. That something is the storage, where it refuses late writes
/// to each of its disks, or a BMC; and because nobody knows yet on which node it will be, every node must have one.
/// Chosen once, when the instance is made, and not again with every node that comes or goes.
/// </summary>
/// <param name="Lacking">Nodes that nothing but a lease can end, in the order of their names.</param>
/// <param name="Loose">Datastores of its disks that do not refuse late writes, in the order of their names.</param>
public sealed record DefaultIsolation(ImmutableArray<string> Lacking, ImmutableArray<string> Loose)
{
    public IsolationPolicy Policy =>
        Lacking.IsEmpty || Loose.IsEmpty ? IsolationPolicy.LeaveRunning : IsolationPolicy.Pause;

    public static DefaultIsolation Of(Ledger ledger, PlannedInstance plan, ImageSpec image) => new(
        [
            .. ledger.All<NodeSpec>().Where(node => node.Spec.Rungs.IsEmpty).Select(node => node.Name)
                .Order(StringComparer.Ordinal),
        ],
        [
            .. plan.Disks.Select(disk => disk.Datastore).Append(image.Datastore).Distinct()
                .Where(store => ledger.Find<DatastoreSpec>("Datastore", store) is not { Enforcing: true })
                .Order(StringComparer.Ordinal),
        ]);
}
