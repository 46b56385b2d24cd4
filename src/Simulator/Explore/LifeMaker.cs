using System.Collections.Immutable;
using Havm.Simulator.Scenario;
using Havm.Simulator.Scenario.Reading;

namespace Havm.Simulator.Explore;

/// <summary>Draws a life: a cluster, what runs on it, rules, and a few minutes of faults and orders.</summary>
public static class LifeMaker
{
    private static readonly string[] Isolations = ["leaveRunning", "pause", "stop", "powerOff"];
    private static readonly string[] Departures = ["failover", "hold", "drain"];

    /// <summary>Of the dice for what lives with nothing left out have besides.</summary>
    private const int Apart = 0x5eed_1e55;

    /// <summary>
    /// Of the dice for whether backups are put back: then nobody orders anything, because what a backup has forgotten
    /// nobody would ask for again.
    /// </summary>
    private const int Backups = 0x0bac_0b5e;

    /// <summary>Of the dice for what is started after what.</summary>
    private const int Starts = 0x0575_a275;

    /// <summary>Of the dice for which guests have programs.</summary>
    private const int Programs = 0x0b0b_0701;

    /// <summary>Of the dice for who decides by majority.</summary>
    private const int Quorums = 0x0900_4a3e;

    /// <summary>Of the dice for what storage can refuse.</summary>
    private const int Storage = 0x0510_4a6e;

    /// <summary>Of the dice for how that fails.</summary>
    private const int StorageTroubles = 0x0c07_0ff5;

    /// <summary>Steps after which nothing is broken any more: what ends slowly is powered on by a later one.</summary>
    private static readonly int[] HealSeconds = [5, 60, 60, 240];

    /// <summary>The last of them where a guest hung: it is judged after 10 min, and repaired then.</summary>
    private const int HungSeconds = 720;

    /// <summary>The verbs that can be drawn: those that the player carries out.</summary>
    public static ImmutableArray<LifeKind> Kinds { get; } =
    [
        .. LifeActs.All.Where(kind => Verbs.Find(kind.Verb) is { } verb
            && (verb.Target == VerbTarget.Fault || verb.Need is not { } need || Capabilities.Built.Contains(need))),
    ];

    public static Life Of(int seed, ExploreOptions options)
    {
        var dice = new Dice(seed);
        var nodes = Nodes(dice, options);
        var rules = new List<LifeRule>();
        var vms = Vms(dice, nodes, rules);
        var life = new LifeSoFar(dice, nodes, vms, rules);
        var backups = new Dice(seed ^ Backups).Percent(10);
        var steps = Steps(life, options, options.Verbs.IsEmpty
            ? [.. Kinds.Where(kind => kind.WithBackups is not { } only || only == backups)]
            : [.. Kinds.Where(kind => !kind.Further && options.Verbs.Contains(kind.Verb))]);
        var drawn = new Life
        {
            Nodes = [.. nodes],
            Vms = [.. vms],
            Rules = [.. rules],
            Policy = Policy(dice),
            Steps = [.. steps, .. Heal(life, steps)],
        };
        if (!options.Verbs.IsEmpty)
        {
            return drawn;
        }

        var varied = LifeVariety.InOrder(LifeVariety.Of(drawn, new Dice(seed ^ Apart)), new Dice(seed ^ Starts));
        var fenced = LifeVariety.WithStorageFences(
            LifeVariety.WithPrograms(varied, new Dice(seed ^ Programs)), new Dice(seed ^ Storage));
        var troubled = LifeVariety.WithStorageFenceTroubles(
            fenced, new Dice(seed ^ StorageTroubles), HealSeconds.Length);
        return LifeVariety.WithQuorums(troubled, new Dice(seed ^ Quorums));
    }

    private static List<LifeNode> Nodes(Dice dice, ExploreOptions options)
    {
        var count = options.Nodes ?? dice.Between(3, 6);
        var racks = dice.Between(1, count);
        return
        [
            .. Enumerable.Range(0, count)
                .Select(i => new LifeNode($"n{i + 1}", $"r{(i % racks) + 1}", !dice.Percent(4))),
        ];
    }

    private static List<LifeVm> Vms(Dice dice, List<LifeNode> nodes, List<LifeRule> rules)
    {
        var vms = new List<LifeVm>();
        for (var i = dice.Between(1, nodes.Count + 2); i > 0; i--)
        {
            var fields = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
            if (dice.Percent(60))
            {
                fields["isolation"] = dice.Any(Isolations);
            }

            if (dice.Percent(10))
            {
                fields["desired"] = "stopped";
            }

            if (dice.Percent(20))
            {
                fields["priority"] = $"{dice.Between(1, 5)}";
            }

            if (dice.Percent(15))
            {
                fields["availability-set"] = "set-a";
            }

            if (dice.Percent(10))
            {
                fields["faults"] = $"{{start: {dice.Between(1, 2)}}}";
            }

            vms.Add(new LifeVm($"v{vms.Count + 1}", dice.Any(nodes).Name, fields.ToImmutable()));
        }

        Rule(dice, nodes, vms, rules);
        return vms;
    }

    /// <summary>Rules that can all be kept at once, and are when life begins.</summary>
    private static void Rule(Dice dice, List<LifeNode> nodes, List<LifeVm> vms, List<LifeRule> rules)
    {
        var free = Enumerable.Range(0, vms.Count).ToList();
        if (free.Count >= 2 && dice.Percent(30))
        {
            var (one, other) = Two(dice, free);
            var home = dice.Any(nodes.Where(node => node.Name != vms[one].Node).ToList());
            vms[other] = vms[other] with { Node = home.Name };
            rules.Add(new LifeRule("apart", [vms[one].Name, vms[other].Name], NoNodes, false));
        }

        if (free.Count >= 2 && dice.Percent(25))
        {
            var (one, other) = Two(dice, free);
            vms[other] = vms[other] with { Node = vms[one].Node };
            rules.Add(new LifeRule("together", [vms[one].Name, vms[other].Name], NoNodes, false));
        }

        if (free.Count >= 1 && dice.Percent(30))
        {
            var vm = dice.Any(free);
            var weights = Capabilities.Built.Contains("failback") && dice.Percent(50);
            var to = dice.Some(nodes, 2).ToImmutableSortedDictionary(
                node => node.Name, _ => weights ? dice.Between(1, 3) : 1, StringComparer.Ordinal);
            vms[vm] = vms[vm] with { Node = to.Keys.First() };
            rules.Add(new LifeRule("pin", [vms[vm].Name], to, true));
        }
    }

    private static ImmutableSortedDictionary<string, int> NoNodes => ScenarioFile.Empty<int>();

    private static (int One, int Other) Two(Dice dice, List<int> free)
    {
        var one = dice.Any(free);
        free.Remove(one);
        var other = dice.Any(free);
        free.Remove(other);
        return (one, other);
    }

    private static ImmutableSortedDictionary<string, string> Policy(Dice dice)
    {
        var policy = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var ways = Capabilities.Built.Contains("shutdown-policy") ? Departures : ["hold"];
        policy["on-shutdown"] = dice.Any(ways);
        policy["on-reboot"] = dice.Any(ways);
        return policy.ToImmutable();
    }

    private static List<LifeStep> Steps(LifeSoFar life, ExploreOptions options, ImmutableArray<LifeKind> kinds)
    {
        var steps = new List<LifeStep>();
        var end = options.Minutes ?? TimeSpan.FromMinutes(life.Dice.Between(1, 6));
        var lived = TimeSpan.Zero;
        while (lived < end)
        {
            var acts = ImmutableArray.CreateBuilder<LifeAct>();
            for (var i = life.Dice.Between(1, life.Dice.Percent(30) ? 3 : 1); i > 0; i--)
            {
                if (Draw(life, kinds) is { } act)
                {
                    acts.Add(act);
                }
            }

            var after = Wait(life.Dice);
            lived += after;
            if (acts.Count > 0)
            {
                steps.Add(new LifeStep(after, steps.Count == 0, acts.ToImmutable()));
            }
        }

        return steps;
    }

    private static LifeAct? Draw(LifeSoFar life, ImmutableArray<LifeKind> kinds)
    {
        var number = life.Dice.Between(0, Math.Max(0, kinds.Sum(kind => kind.Weight) - 1));
        foreach (var kind in kinds)
        {
            number -= kind.Weight;
            if (number < 0)
            {
                return life.Draw(kind);
            }
        }

        return null;
    }

    /// <summary>Mostly in the middle of what goes on; sometimes at once, sometimes when all is over.</summary>
    private static TimeSpan Wait(Dice dice) => TimeSpan.FromMilliseconds(dice.Between(0, 9) switch
    {
        0 => dice.Between(0, 2000),
        < 5 => dice.Between(1000, 15_000),
        < 9 => dice.Between(15_000, 90_000),
        _ => dice.Between(90_000, 240_000),
    });

    private static IEnumerable<LifeStep> Heal(LifeSoFar life, List<LifeStep> steps)
    {
        var hung = steps.SelectMany(step => step.Do).Any(act => act.Verb == "hang-guest");
        int[] waits = hung ? [.. HealSeconds[..^1], HungSeconds] : HealSeconds;
        ImmutableArray<LifeAct> all =
            [.. life.Repairs, new LifeAct("power-on", [.. life.Nodes.Select(node => node.Name)])];
        return waits.Select(seconds => new LifeStep(TimeSpan.FromSeconds(seconds), false, all, Heals: true));
    }
}
