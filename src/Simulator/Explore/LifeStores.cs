using System.Collections.Immutable;

namespace Havm.Simulator.Explore;

/// <summary>What befalls the shared state, whoever leads, and what nodes keep their word and their time on.</summary>
public static class LifeStores
{
    private static readonly string[] Ways = ["all", "read-write", "refresh"];

    private static readonly string[] Hits =
    [
        "power-off", "isolate", "cut-store", "cut-store-read-write", "cut-store-refresh", "stop-controller", "stall",
        "stall-controller", "reboot",
    ];

    public static readonly ImmutableArray<LifeKind> All =
    [
        new("cut-store", 3, life => LifeFaults.Mended(
            life, new LifeAct("cut-store", [life.AnyNode()], $"only: {life.Dice.Any(Ways)}"), "restore-store")),
        new("restore-store", 2, life => new LifeAct(
            "restore-store", [life.AnyNode()], $"only: {life.Dice.Any(Ways)}")),
        new("fill-store", 1, life => LifeFaults.Mended(life, new LifeAct("fill-store", ["all"]), "free-store")),
        new("free-store", 2, _ => new LifeAct("free-store", ["all"])),
        new("hit-leader", 4, HitLeader),
        new("long-lease", 2, life => LifeFaults.Mended(
            life, new LifeAct("long-lease", [$"{life.Dice.Between(60, life.Dice.Any([120, 600, 3600]))}s"]),
            "end-long-lease", "all")),
        new("end-long-lease", 2, _ => new LifeAct("end-long-lease", ["all"])),
        new("save-backup", 5, _ => new LifeAct("save-backup", ["all"])),
        new("restore-backup", 3, RestoreBackup),
        new("adopt-state", 1, _ => new LifeAct("adopt-state", ["all"])),
    ];

    private static LifeAct? RestoreBackup(LifeSoFar life)
    {
        if (life.Ordered)
        {
            return null;
        }

        life.Restored = true;
        return LifeFaults.Mended(life, new LifeAct("restore-backup", ["all"]), "adopt-state");
    }

    /// <summary>
    /// Nobody knows whom it meets: what repairs it is said to all, and no BMC may lie of anybody (SAFETY 5, proof 2).
    /// </summary>
    private static LifeAct? HitLeader(LifeSoFar life)
    {
        var (how, time) = (life.Dice.Any(Hits), life.Dice.Between(1, 30));
        string[] names = [.. life.Nodes.Select(node => node.Name)];
        if (how == "stall")
        {
            if (life.Deceived.Count > 0)
            {
                return null;
            }

            life.Mute.UnionWith(names);
        }

        if (how.StartsWith("cut-store", StringComparison.Ordinal))
        {
            life.Repair(new LifeAct("restore-store", [.. names]));
        }

        if (how == "stop-controller")
        {
            life.Repair(new LifeAct("start-controller", [.. names]));
        }

        return new LifeAct("hit-leader", [how], $"for: {time}s");
    }
}
