using System.Collections.Immutable;
using System.Globalization;

namespace Havm.Simulator.Explore;

/// <summary>What ails disks, clocks and guests; none of it is seen from outside at once.</summary>
public static class LifeAilments
{
    /// <summary>Hundredths that a clock gains or loses; more is out of contract (SAFETY 1).</summary>
    private static readonly double[] Drifts = [-1, -0.5, 0, 0.5, 1];

    private static readonly string[] RoleFates = ["crashes", "unwell"];
    private static readonly string[] RoleSpans = ["this-boot", "always"];
    private static readonly string[] Parts = ["corrected", "uncorrected", "disk"];

    public static readonly ImmutableArray<LifeKind> All =
    [
        new("cut-datastore", 3, life => OnDatastore(life, "cut-datastore", "")),
        new("lose-datastore", 2, life => OnDatastore(life, "lose-datastore", "")),
        new("slow-datastore", 2, life => OnDatastore(
            life, "slow-datastore", $"by: {life.Dice.Between(10, life.Dice.Any([500, 5000, 30_000]))}ms")),
        new("restore-datastore", 2, life => new LifeAct("restore-datastore", [life.AnyNode()])),
        new("lock-disk", 2, life => life.AnyVm() is { } vm
            ? LifeFaults.Mended(life, new LifeAct("lock-disk", [vm]), "unlock-disk")
            : null),
        new("fill-disk", 2, life => LifeFaults.Mended(
            life, new LifeAct("fill-disk", [life.AnyNode()]), "free-disk")),
        new("free-disk", 2, life => new LifeAct("free-disk", [life.AnyNode()])),
        new("predict-failure", 3, life => Worn(
            life, new LifeAct("predict-failure", [life.AnyNode()], $"as: {life.Dice.Any(Parts)}"), "replace-parts")),
        new("replace-parts", 1, life => new LifeAct("replace-parts", [life.AnyNode()])),
        new("fail-diagnosis", 2, life => Worn(
            life, new LifeAct("fail-diagnosis", [life.AnyNode()]), "pass-diagnosis")),
        new("pass-diagnosis", 1, life => new LifeAct("pass-diagnosis", [life.AnyNode()])),
        new("give-back", 2, life => new LifeAct("give-back", [life.AnyNode()])),
        new("skew-clock", 3, Skew),
        new("repair-clock", 1, life => new LifeAct("repair-clock", [life.AnyNode()])),
        new("stale-agent", 2, life => new LifeAct("stale-agent", [life.AnyNode()])),
        new("blind-agent", 2, life => new LifeAct(
            "blind-agent", [life.AnyNode()], $"for: {life.Dice.Between(1, life.Dice.Any([10, 120]))}s")),
        new("hang-guest", 2, life => OfVm(life, "hang-guest")),
        new("panic-guest", 2, life => OfVm(life, "panic-guest")),
        new("bite-guest", 2, life => OfVm(life, "bite-guest")) { Further = true },
        new("stale-disks", 2, life => new LifeAct("stale-disks", [life.AnyNode()])) { Further = true },
        new("fail-flushes", 1, life => new LifeAct("fail-flushes", [life.AnyNode()])) { Further = true },
        new("crash-role", 2, life => OfVm(life, "crash-role")) { Further = true },
        new("fail-role", 2, FailRole) { Further = true },
        new("mend-role", 1, life => OfVm(life, "mend-role")) { Further = true },
        new("partition", 2, OneWay) { Further = true },
        new("cut-management", 3, life => LifeActs.Break(life, "cut-management")) { Further = true },
    ];

    private static LifeAct? OfVm(LifeSoFar life, string verb) =>
        life.AnyVm() is { } vm ? new LifeAct(verb, [vm]) : null;

    private static LifeAct? FailRole(LifeSoFar life) => life.AnyVm() is { } vm
        ? LifeFaults.Mended(
            life,
            new LifeAct("fail-role", [vm], $"as: {life.Dice.Any(RoleFates)}, lasts: {life.Dice.Any(RoleSpans)}"),
            "mend-role")
        : null;

    /// <summary>Whoever replaces a part gives the node back.</summary>
    private static LifeAct Worn(LifeSoFar life, LifeAct act, string by)
    {
        life.Repair(new LifeAct("give-back", act.Value));
        return LifeFaults.Mended(life, act, by);
    }

    private static LifeAct? OnDatastore(LifeSoFar life, string verb, string rest) => life.Blur(() =>
        LifeFaults.Mended(life, new LifeAct(verb, [life.AnyNode()], rest), "restore-datastore"));

    private static LifeAct Skew(LifeSoFar life)
    {
        var (node, by, drift) = (life.AnyNode(), life.Dice.Between(-86_400, 86_400), life.Dice.Any(Drifts));
        var rest = string.Create(CultureInfo.InvariantCulture, $"by: {by}s, drift: {drift}");
        return LifeFaults.Mended(life, new LifeAct("skew-clock", [node], rest), "repair-clock");
    }

    /// <summary>What some send never reaches some others, who are heard by them.</summary>
    private static LifeAct? OneWay(LifeSoFar life)
    {
        string[] names = [.. life.Nodes.Select(node => node.Name)];
        var from = life.Dice.Some(names, life.Dice.Between(1, Math.Max(1, names.Length / 2)));
        string[] rest = [.. names.Except(from)];
        if (rest.Length == 0)
        {
            return null;
        }

        var to = life.Dice.Percent(60) ? rest : life.Dice.Some(rest, life.Dice.Between(1, rest.Length));
        return LifeFaults.Heals(life, new LifeAct(
            "partition", [$"{{from: [{string.Join(", ", from)}], to: [{string.Join(", ", to)}]}}"]));
    }
}
