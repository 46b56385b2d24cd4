using Havm.Core.Records;
using Havm.Model;

namespace Havm.Simulator.WhatIf;

/// <summary>Says by name what a snapshot has and a run of it plays otherwise.</summary>
public static class Unplayed
{
    public static IEnumerable<string> In(Ledger ledger)
    {
        foreach (var group in ledger.Nodes.Values.Where(node => node.Phase != NodePhase.Up)
            .GroupBy(node => node.Phase))
        {
            var phase = group.Key switch
            {
                NodePhase.Unseen => "never heard",
                NodePhase.Lost => "lost",
                NodePhase.Dead => "proven off",
                NodePhase.DownByOrder => "down by order",
                NodePhase.Up => "up",
            };
            yield return $"{Names(group.Select(node => node.Name.Value))}: {phase} in the snapshot, played as off";
        }

        if (ledger.LongLease is { State: not LongLeaseState.Over } lease)
        {
            yield return $"long lease {lease.Name}: what nodes hold of it is not in a snapshot; played as over";
        }

        var inside = ledger.Instances.Values.Where(HasInside).Select(instance => instance.Name.Value).ToList();
        if (inside.Count > 0)
        {
            yield return $"{Names(inside)}: programs and probes inside guests are not run; "
                + "a guest is ready 2 s after its virtual CPUs run";
        }

        var stores = ledger.All<DatastoreSpec>().Select(store => store.Name).ToList();
        if (stores.Count > 1)
        {
            yield return $"datastores {Names(stores)}: played as one";
        }

        if (ledger.Nodes.Values.Any(node => ledger.NodeSpecOf(node.Name) is { Rungs.IsEmpty: false }))
        {
            yield return "BMCs: each is played as one that answers and obeys, unless an action says otherwise";
        }
    }

    private static bool HasInside(Instance instance) => instance.Machine.Application is { } application
        && (application.Command.Length > 0 || application.Probe.Kind != ProbeKind.None);

    /// <summary>A few of them, and how many more.</summary>
    private static string Names(IEnumerable<string> names)
    {
        const int Shown = 6;
        var all = names.Order(NaturalOrder.Instance).ToList();
        return string.Join(", ", all.Take(Shown)) + (all.Count > Shown ? $" and {all.Count - Shown} more" : "");
    }
}
