using Havm.Core.Placement;
using Havm.Core.Records;
using Havm.Model;

namespace Havm.Core.Busyness;

/// <summary>What it means that an instance is marked busy.</summary>
public static class BusyRule
{
    /// <summary>What the node of an instance is told of it; null: nothing, or it is over.</summary>
    public static BusyWord? WordOf(Instance instance, DateTimeOffset wall) =>
        instance.Busy is { } mark && mark.Until - wall is var left && left > TimeSpan.Zero
            ? new BusyWord(left, mark.Why)
            : null;

    /// <summary>
    /// Who keeps an instance where it is: itself, or one that shares its node by a rule, and would go with it. Null: it
    /// may be moved.
    /// </summary>
    public static Instance? Keeps(Ledger ledger, Instance instance)
    {
        if (instance.Busy is not null)
        {
            return instance;
        }

        foreach (var name in PlacementRules.Of(ledger).GroupOf(instance.Name))
        {
            if (ledger.Instances.GetValueOrDefault(name) is { Busy: not null } other)
            {
                return other;
            }
        }

        return null;
    }

    /// <summary>The guests of a node that goes by itself go with it either way.</summary>
    public static bool GoesAnyway(NodeRecord node) =>
        node.Phase != NodePhase.Up || node.Drain is { Cause: DrainCause.Departure };

    /// <summary>When it ends, and what a person can do for it.</summary>
    public static string EndOf(Instance instance) =>
        $"{instance.Busy!.Until:yyyy-MM-dd HH:mm:ss}Z, or `havm vm busy {instance.Name} --over`";
}
