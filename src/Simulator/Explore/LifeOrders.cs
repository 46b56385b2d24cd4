using System.Collections.Immutable;
using Havm.Model;

namespace Havm.Simulator.Explore;

/// <summary>
/// Orders of people that do more than start and stop. What they move and start behind the product's back is played by
/// scenarios of our own alone: of what began a moment before its node died nobody can know, and a checker cannot tell
/// that from a fault of the product.
/// </summary>
public static class LifeOrders
{
    private static readonly string[] Modes = ["freeze", "hands-off"];
    private static readonly string[] Rules = [.. Enum.GetValues<AutomationRule>().Select(Word.Of)];

    public static readonly ImmutableArray<LifeKind> All =
    [
        new("move", 7, life => life.AnyVm() is { } vm ? new LifeAct("move", [vm], $"to: {life.AnyNode()}") : null),
        new("maintenance-on", 3, Maintain),
        new("maintenance-off", 3, life => new LifeAct("maintenance-off", [life.AnyNode()])),
        new("add", 2, Add),
        new("resize", 2, life => life.AnyVm() is { } vm ? new LifeAct("resize", [vm], Size(life, 48)) : null),
        new("usage", 2, life => life.AnyVm() is { } vm ? new LifeAct("usage", [vm], Size(life, 100)) : null),
        new("pause", 2, Pause),
        new("resume", 3, _ => new LifeAct("resume", ["all"])),
        new("observe", 2, Observe) { Further = true },
        new("set", 3, Unmanage) { Further = true },
        new("set", 1, StopWithGrace) { Further = true },
    ];

    private static LifeAct Maintain(LifeSoFar life)
    {
        var node = life.AnyNode();
        life.Repair(new LifeAct("maintenance-off", [node]));
        return new LifeAct("maintenance-on", [node]);
    }

    private static LifeAct Add(LifeSoFar life)
    {
        var name = $"v{++life.Made}";
        life.Vms.Add(name);
        var how = life.Dice.Between(0, 9) switch
        {
            0 => "desired: stopped",
            1 => "desired: unmanaged",
            _ => Size(life, 8),
        };
        return new LifeAct("add", [name], $"node: {life.AnyNode()}, {how}")
        {
            Leaves = how.StartsWith("desired: ", StringComparison.Ordinal) ? how["desired: ".Length..] : "any-node",
        };
    }

    private static LifeAct Pause(LifeSoFar life)
    {
        life.Repair(new LifeAct("resume", ["all"]));
        return new LifeAct("pause", [life.Dice.Any(Modes)]);
    }

    private static LifeAct Observe(LifeSoFar life)
    {
        life.Repair(new LifeAct("observe", ["none"]));
        return new LifeAct("observe", [.. life.Dice.Some(Rules, life.Dice.Between(1, 3))]);
    }

    private static LifeAct? Unmanage(LifeSoFar life) => life.AnyVm() is { } vm
        ? new LifeAct("set", [vm], "desired: unmanaged") { Leaves = "unmanaged" }
        : null;

    private static LifeAct? StopWithGrace(LifeSoFar life) => life.AnyVm() is { } vm
        ? new LifeAct("set", [vm], $"desired: stopped, grace: {life.Dice.Between(0, 120)}s") { Leaves = "stopped" }
        : null;

    private static string Size(LifeSoFar life, int memory) =>
        $"cpu: {life.Dice.Between(1, 3)}, memory: {life.Dice.Between(1, memory)}GiB";
}
