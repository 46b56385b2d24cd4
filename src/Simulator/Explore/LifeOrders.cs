using System.Collections.Immutable;

namespace Havm.Simulator.Explore;

/// <summary>Orders of people that do more than start and stop.</summary>
public static class LifeOrders
{
    public static readonly ImmutableArray<LifeKind> All =
    [
        new("move", 5, life => life.AnyVm() is { } vm ? new LifeAct("move", [vm], $"to: {life.AnyNode()}") : null),
        new("maintenance-on", 3, Maintain),
        new("maintenance-off", 3, life => new LifeAct("maintenance-off", [life.AnyNode()])),
    ];

    private static LifeAct Maintain(LifeSoFar life)
    {
        var node = life.AnyNode();
        life.Repair(new LifeAct("maintenance-off", [node]));
        return new LifeAct("maintenance-on", [node]);
    }
}
