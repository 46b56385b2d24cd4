using System.Collections.Immutable;
using Havm.Simulator.Faults;

namespace Havm.Simulator.Explore;

/// <summary>One kind of thing that can happen to a cluster.</summary>
/// <param name="Verb">The scenario's verb.</param>
/// <param name="Weight">How often, against the others.</param>
/// <param name="Draw">One of its kind; null: not as things are.</param>
public sealed record LifeKind(string Verb, int Weight, Func<LifeSoFar, LifeAct?> Draw)
{
    /// <summary>Drawn only where nothing is left out: a life of chosen verbs stays as more are known.</summary>
    public bool Further { get; init; }

    /// <summary>People order it of the product.</summary>
    public bool IsOrder => FaultCatalogue.Find(Verb) is null;

    /// <summary>Whether lives in which backups are put back hold it; null: they and all others do.</summary>
    public bool? WithBackups => Verb is "save-backup" or "restore-backup" ? true : IsOrder ? false : null;
}

/// <summary>All kinds of faults and orders that a life can hold; one the player does not know is never drawn.</summary>
public static class LifeActs
{
    public static readonly ImmutableArray<LifeKind> All =
    [
        new("power-off", 6, life => Break(life, "power-off")),
        new("isolate", 8, life => Break(life, "isolate")),
        new("shutdown", 3, life => Break(life, "shutdown")),
        new("reboot", 4, life => life.Victim() is { } node ? new LifeAct("reboot", [node]) : null),
        new("power-on", 6, life => Mend(life, "power-on")),
        new("reconnect", 6, life => Mend(life, "reconnect")),
        new("restart-agent", 3, life => new LifeAct("restart-agent", [life.AnyNode()])),
        new("set", 6, Set),
        new("remove", 1, Remove),
        .. LifeFaults.All,
        .. LifeOrders.All,
        .. LifeStores.All,
        .. LifeAilments.All,
    ];

    internal static LifeAct? Break(LifeSoFar life, string verb)
    {
        if (life.Victim() is not { } node)
        {
            return null;
        }

        life.Broken.Add(node);
        return new LifeAct(verb, [node]);
    }

    private static LifeAct? Mend(LifeSoFar life, string verb)
    {
        if (life.Broken.Count == 0)
        {
            return null;
        }

        var node = life.Dice.Any([.. life.Broken]);
        if (verb == "power-on")
        {
            life.Broken.Remove(node);
        }

        return new LifeAct(verb, [node]);
    }

    private static LifeAct? Set(LifeSoFar life)
    {
        if (life.AnyVm() is not { } vm)
        {
            return null;
        }

        var stop = life.Dice.Percent(45);
        return new LifeAct("set", [vm], $"desired: {(stop ? "stopped" : "running")}")
        {
            Leaves = stop ? "stopped" : "any-node",
        };
    }

    private static LifeAct? Remove(LifeSoFar life)
    {
        if (life.AnyVm() is not { } vm || life.IsRuled(vm))
        {
            return null;
        }

        life.Vms.Remove(vm);
        return new LifeAct("remove", [vm]) { Leaves = "absent" };
    }
}
