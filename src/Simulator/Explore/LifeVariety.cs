using System.Collections.Immutable;
using Havm.Simulator.Scenario;

namespace Havm.Simulator.Explore;

/// <summary>
/// What a life with nothing left out has besides: guests that are watched, tries that fail, sizes, policies. It is
/// drawn with dice of its own, so that a life of chosen verbs stays the same whatever is added here.
/// </summary>
public static class LifeVariety
{
    private static readonly string[] Watched = ["vm", "vmAndApplication"];
    private static readonly string[] Conditions = ["running", "guestReady", "probeOk"];
    private static readonly string[] Balances = ["count", "reserved", "used"];

    private static readonly string[] Modes = ["off", "cordon", "moveAway", "moveAway"];

    private static readonly string[] StorageTroubles = ["dead", "lazy", "lies-off", "another"];

    /// <summary>What hides signs of life of a node that is cut off besides.</summary>
    private static readonly string[] Hiding =
    [
        "slow", "loss", "stall", "hang-agent", "hit-leader", "slow-datastore", "cut-datastore", "lose-datastore",
    ];

    /// <summary>After which a VM may stay away for good.</summary>
    private static readonly string[] ForGood =
        ["remove", "set", "add", "hang-guest", "panic-guest", "bite-guest", "fail-role", "crash-role"];

    /// <summary>The verbs that are drawn here alone.</summary>
    public static ImmutableArray<string> Verbs { get; } = ["fail-storage-fence", "repair-storage-fence", "let-in"];

    public static Life Of(Life life, Dice dice)
    {
        var sized = dice.Percent(30);
        return life with
        {
            Vms = [.. life.Vms.Select(vm => vm with { Fields = Vm(vm.Fields.ToBuilder(), dice, sized) })],
            Nodes = [.. life.Nodes.Select(node => node with { Size = sized ? "cpu: 16, memory: 128GiB" : "" })],
            Rules = [.. life.Rules.Select(rule => Weigh(rule, dice))],
            Policy = Policy(life.Policy.ToBuilder(), dice),
        };
    }

    private static ImmutableSortedDictionary<string, string> Vm(
        ImmutableSortedDictionary<string, string>.Builder fields, Dice dice, bool sized)
    {
        if (dice.Percent(30))
        {
            fields["monitoring"] = dice.Any(Watched);
        }

        if (dice.Percent(15))
        {
            fields["failback"] = "false";
        }

        if (dice.Percent(15))
        {
            fields["retries"] = $"{{here: {dice.Between(0, 2)}, elsewhere: {dice.Between(0, 2)}}}";
        }

        if (dice.Percent(10))
        {
            // What can never be stopped is not drawn: no order about it comes to an end.
            fields["faults"] = dice.Between(0, 5) switch
            {
                < 3 => $"{{start: {dice.Between(1, 4)}, only-on: n{dice.Between(1, 3)}}}",
                _ => $"{{start: {dice.Between(0, 2)}, move: {dice.Between(1, 2)}}}",
            };
        }

        if (!fields.ContainsKey("desired"))
        {
            // One that has failed would hold back its set until a person looks at it.
            if (dice.Percent(4) && !fields.ContainsKey("availability-set"))
            {
                fields["initially"] = "failed";
            }
            else if (dice.Percent(4))
            {
                fields["desired"] = "unmanaged";
            }
        }

        if (sized)
        {
            // All may begin on one node.
            fields["cpu"] = $"{dice.Between(1, 2)}";
            fields["memory"] = $"{dice.Between(1, 16)}GiB";
        }

        if (dice.Percent(20))
        {
            fields["uses"] = $"{{cpu: {dice.Between(1, 4)}, memory: {dice.Between(1, 16)}GiB}}";
        }

        return fields.ToImmutable();
    }

    /// <summary>
    /// What is started after what: after one before it in the list, so that there is no circle, of no lower priority,
    /// and not after one that is removed. Waits are short, so that what begins in a life also ends in it.
    /// </summary>
    public static Life InOrder(Life life, Dice dice)
    {
        var vms = life.Vms;
        var removed = life.Steps.SelectMany(step => step.Do).Where(act => act.Verb == "remove")
            .SelectMany(act => act.Value).ToHashSet();
        for (var i = 1; i < vms.Length; i++)
        {
            var on = vms[dice.Between(0, i - 1)];
            if (dice.Percent(15) && !removed.Contains(on.Name) && Priority(on) <= Priority(vms[i]))
            {
                vms = vms.SetItem(i, vms[i] with
                {
                    Fields = vms[i].Fields.SetItem("depends-on",
                        $"[{{vm: {on.Name}, condition: {dice.Any(Conditions)}, timeout: {dice.Between(5, 90)}s}}]"),
                });
            }
        }

        return life with { Vms = vms };
    }

    /// <summary>
    /// Some guests have a program that their guest agent restarts a few times, with or without a probe.
    /// </summary>
    public static Life WithPrograms(Life life, Dice dice) =>
        life with { Vms = [.. life.Vms.Select(vm => dice.Percent(40) ? WithProgram(vm, dice) : vm)] };

    /// <summary>In some lives storage can be told to refuse some of the nodes, and some VMs have no disk.</summary>
    public static Life WithStorageFences(Life life, Dice dice) => dice.Percent(30)
        ? life with
        {
            Nodes = [.. life.Nodes.Select(node => node with { StorageFence = dice.Percent(60) })],
            Vms =
            [
                .. life.Vms.Select(vm => dice.Percent(25)
                    ? vm with { Fields = vm.Fields.SetItem("diskless", "true") } : vm),
            ],
        }
        : life;

    /// <summary>
    /// In some of these what makes storage refuse a node fails. It never says Off of one that it takes writes of where
    /// anything hides signs of life: no proof could tell that from the truth.
    /// </summary>
    public static Life WithStorageFenceTroubles(Life life, Dice dice, int healing)
    {
        var fenced = life.Nodes.Where(node => node.StorageFence).ToList();
        var drawn = life.Steps.Length - healing;
        if (fenced.Count == 0 || drawn <= 0 || !dice.Percent(50))
        {
            return life;
        }

        var (node, trouble, at) = (dice.Any(fenced).Name, dice.Any(StorageTroubles), dice.Between(0, drawn - 1));
        var hides = life.Steps.SelectMany(step => step.Do).Any(act => Hiding.Contains(act.Verb));
        LifeAct[] fails = hides && trouble is "lies-off" or "another"
            ? [] : [new LifeAct("fail-storage-fence", [node], $"as: {trouble}")];
        LifeAct[] letIn = [new LifeAct("let-in", [dice.Any(fenced).Name])];
        LifeAct[] repair = [new LifeAct("repair-storage-fence", [node])];
        var letInAt = dice.Percent(50) ? drawn : dice.Between(0, drawn);
        return life with
        {
            Steps =
            [
                .. life.Steps.Select((step, i) => step with
                {
                    Do =
                    [
                        .. i == letInAt ? letIn : [], .. i == at ? fails : [], .. step.Do, .. i >= drawn ? repair : [],
                    ],
                }),
            ],
        };
    }

    /// <summary>
    /// In some lives three VMs decide by majority: such as nobody stops, removes, hands to people or binds to another,
    /// and whose guests do not fail: a group that has lost its voters for good holds what would take another, and
    /// rightly.
    /// </summary>
    public static Life WithQuorums(Life life, Dice dice)
    {
        var touched = life.Steps.SelectMany(step => step.Do).Where(act => ForGood.Contains(act.Verb))
            .SelectMany(act => act.Value)
            .Concat(life.Rules.Where(rule => rule.Kind == "together").SelectMany(rule => rule.Vms)).ToHashSet();
        var voters = life.Vms.Where(vm => !touched.Contains(vm.Name)
            && !vm.Fields.ContainsKey("desired") && !vm.Fields.ContainsKey("initially")).Take(3).ToList();
        return voters.Count == 3 && dice.Percent(25)
            ? life with
            {
                Rules = life.Rules.Add(new LifeRule(
                    LifeRule.Quorum, [.. voters.Select(vm => vm.Name)], ScenarioFile.Empty<int>(), Hard: false)),
            }
            : life;
    }

    private static LifeVm WithProgram(LifeVm vm, Dice dice)
    {
        var restarts = $"limit: {dice.Between(0, 3)}, stable-after: {dice.Between(5, 60)}s";
        var probe = dice.Percent(50)
            ? $", probe: {{every: {dice.Between(1, 15)}s, misses: {dice.Between(1, 3)}}}"
            : "";
        return vm with { Fields = vm.Fields.SetItem("role", $"{{{restarts}{probe}}}") };
    }

    private static int Priority(LifeVm vm) =>
        int.Parse(vm.Fields.GetValueOrDefault("priority", "3"), System.Globalization.CultureInfo.InvariantCulture);

    private static LifeRule Weigh(LifeRule rule, Dice dice) => rule.Kind == "pin" && dice.Percent(60)
        ? rule with
        {
            To = rule.To.ToImmutableSortedDictionary(node => node.Key, _ => dice.Between(1, 3), StringComparer.Ordinal),
            Hard = dice.Percent(60),
        }
        : rule;

    private static ImmutableSortedDictionary<string, string> Policy(
        ImmutableSortedDictionary<string, string>.Builder policy, Dice dice)
    {
        if (dice.Percent(40))
        {
            policy["placement"] = dice.Any(Balances);
        }

        if (dice.Percent(25))
        {
            policy["place-at-start"] = "true";
        }

        if (dice.Percent(20))
        {
            policy["overcommit"] = "true";
        }

        if (dice.Percent(25))
        {
            policy["return-after-maintenance"] = "false";
        }

        if (dice.Percent(25))
        {
            policy["rebalance"] = $"{{threshold: 0.{dice.Between(1, 5)}, hold: {dice.Between(10, 120)}s}}";
        }

        if (dice.Percent(30))
        {
            // Short, so that what begins in a life also ends in it.
            policy["node-life"] = $"{{departures: 2, within: {dice.Between(3, 10)}m, "
                + $"quarantine: {dice.Between(60, 120)}s, probation: {dice.Between(5, 60)}s, "
                + "diagnose-again: 60s}";
        }

        if (dice.Percent(40))
        {
            policy["prediction"] = $"{{mode: {dice.Any(Modes)}}}";
        }

        return policy.ToImmutable();
    }
}
