using System.Collections.Immutable;

namespace Havm.Simulator.Explore;

/// <summary>Faults with more to them than a node: each with what repairs it, where it does not end by itself.</summary>
public static class LifeFaults
{
    private static readonly string[] BmcTroubles = ["dead", "lazy", "lies-off"];

    public static readonly ImmutableArray<LifeKind> All =
    [
        new("rack-power-off", 1, life => OnRack(life, "rack-power-off", "rack-power-on")),
        new("rack-power-on", 1, life => new LifeAct("rack-power-on", [AnyRack(life)])),
        new("rack-isolate", 1, life => OnRack(life, "rack-isolate", "rack-reconnect")),
        new("rack-reconnect", 1, life => new LifeAct("rack-reconnect", [AnyRack(life)])),
        new("flap", 2, life => life.Victim() is { } node
            ? new LifeAct("flap", [node], $"period: {Seconds(life, 1, 30)}, times: {life.Dice.Between(1, 6)}")
            : null),
        new("partition", 2, Partition),
        new("slow", 2, life => life.Blur(() =>
            Heals(life, new LifeAct("slow", [life.AnyNode()], $"by: {Milliseconds(life, 3000)}")))),
        new("loss", 2, life => life.Blur(() =>
            Heals(life, new LifeAct("loss", [life.AnyNode()], Percent(life))))),
        new("duplicate", 1, life => Heals(life, new LifeAct("duplicate", [life.AnyNode()], Percent(life)))),
        new("reorder", 1, life => Heals(life, new LifeAct(
            "reorder", [life.AnyNode()], $"{Percent(life)}, by: {Milliseconds(life, 2000)}"))),
        new("heal", 2, _ => Heal),
        new("hang-agent", 3, life => life.Blur(() => Mended(
            life, new LifeAct("hang-agent", [life.AnyNode()]), "restart-agent"))),
        new("hang-warden", 2, life => new LifeAct("hang-warden", [life.AnyNode()], $"for: {Seconds(life, 1, 20)}")),
        new("stall", 3, Stall),
        new("stop-controller", 2, life => Mended(
            life, new LifeAct("stop-controller", [life.AnyNode()]), "start-controller")),
        new("start-controller", 2, life => new LifeAct("start-controller", [life.AnyNode()])),
        new("stall-controller", 3, life => new LifeAct(
            "stall-controller", [life.AnyNode()], $"for: {Seconds(life, 1, 40)}")),
        new("controller-crash-before", 2, _ => new LifeAct("controller-crash-before", ["commit"])),
        new("controller-crash-after", 2, _ => new LifeAct("controller-crash-after", ["commit"])),
        new("fail-bmc", 3, FailBmc),
        new("repair-bmc", 2, life => new LifeAct("repair-bmc", [life.AnyNode()])),
        new("kill-vm", 3, life => life.AnyVm() is { } vm ? new LifeAct("kill-vm", [vm]) : null),
    ];

    /// <summary>
    /// A BMC that says Off of a node that neither speaks nor writes cannot be told from one that speaks the truth: that
    /// lie and that silence are never drawn for one node (SAFETY 5, proof 2).
    /// </summary>
    private static LifeAct? Stall(LifeSoFar life)
    {
        var (node, time) = (life.AnyNode(), Seconds(life, 1, 30));
        if (life.Deceived.Contains(node))
        {
            return null;
        }

        life.Mute.Add(node);
        return new LifeAct("stall", [node], $"for: {time}");
    }

    private static LifeAct? FailBmc(LifeSoFar life)
    {
        var (node, trouble) = (life.AnyNode(), life.Dice.Any(BmcTroubles));
        if (trouble == "lies-off")
        {
            if (life.Blurred || life.Mute.Contains(node))
            {
                return null;
            }

            life.Deceived.Add(node);
        }

        return Mended(life, new LifeAct("fail-bmc", [node], $"as: {trouble}"), "repair-bmc");
    }

    private static LifeAct Heal => new("heal", ["all"]);

    private static string AnyRack(LifeSoFar life) => life.Dice.Any(life.Nodes).Rack;

    private static string Seconds(LifeSoFar life, int least, int most) => $"{life.Dice.Between(least, most)}s";

    private static string Milliseconds(LifeSoFar life, int most) => $"{life.Dice.Between(1, most)}ms";

    private static string Percent(LifeSoFar life) => $"percent: {life.Dice.Between(1, life.Dice.Any([20, 60, 100]))}";

    /// <summary>A rack that is not the whole cluster, or sometimes all of it.</summary>
    private static LifeAct? OnRack(LifeSoFar life, string verb, string repair)
    {
        var rack = AnyRack(life);
        if (life.Nodes.Count(node => node.Rack == rack) * 2 >= life.Nodes.Count && !life.Dice.Percent(15))
        {
            return null;
        }

        life.Broken.UnionWith(life.Nodes.Where(node => node.Rack == rack).Select(node => node.Name));
        return Mended(life, new LifeAct(verb, [rack]), repair);
    }

    /// <summary>In two groups; some nodes hear all.</summary>
    private static LifeAct? Partition(LifeSoFar life)
    {
        string[] names = [.. life.Nodes.Select(node => node.Name)];
        var one = life.Dice.Some(names, life.Dice.Between(1, names.Length / 2));
        var rest = names.Except(one).ToList();
        var other = life.Dice.Percent(70) ? rest : life.Dice.Some(rest, life.Dice.Between(1, rest.Count));
        return rest.Count == 0
            ? null
            : Heals(life, new LifeAct("partition", [$"[{string.Join(", ", one)}]", $"[{string.Join(", ", other)}]"]));
    }

    internal static LifeAct Heals(LifeSoFar life, LifeAct act)
    {
        life.Repair(Heal);
        return act;
    }

    /// <param name="of">What the repair names; null: what the fault does.</param>
    internal static LifeAct Mended(LifeSoFar life, LifeAct act, string by, string? of = null)
    {
        life.Repair(new LifeAct(by, of is null ? act.Value : [of]));
        return act;
    }
}
