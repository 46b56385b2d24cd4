using System.Globalization;
using Havm.Core;
using Havm.Core.Disarming;
using Havm.Model;

namespace Havm.Simulator.Scenario.Running;

/// <summary>From the verbs of a scenario that are orders of people to the product's own orders.</summary>
public static class OrderWords
{
    private const string Actor = "scenario";

    /// <summary>An order about one VM.</summary>
    public static Func<long, Input> OfVm(ScenarioAction action, string vm, Translation words)
    {
        var instance = words.InstanceOf(vm);
        return action.Verb switch
        {
            "set" => id => new InstanceOrder(id, instance, VerbOf(action.Options["desired"]), Actor)
            {
                Grace = action.Options.GetValueOrDefault("grace") is { Length: > 0 } grace
                    ? TimeSpan.Parse(grace, CultureInfo.InvariantCulture)
                    : null,
            },
            "move" => id => new MoveOrder(id, instance, words.NodeOf(action.Options["to"]), Actor),
            "remove" => id => new SpecsDeleted(
                id, [new SpecKey("VirtualMachine", instance.Value)], false, Actor),
            "add" => id => new SpecsSubmitted(id, [words.Added(vm, Added(action))], false, Actor),
            _ => throw new InvalidOperationException($"{action.Verb} is not carried out: its need must be missing"),
        };
    }

    private static InstanceVerb VerbOf(string desired) => desired switch
    {
        "stopped" => InstanceVerb.Stop,
        "unmanaged" => InstanceVerb.Unmanage,
        _ => InstanceVerb.Start,
    };

    /// <summary>The VM that an `add` describes.</summary>
    public static ScenarioVm Added(ScenarioAction action)
    {
        var options = action.Options;
        return new ScenarioVm
        {
            Node = options["node"],
            Desired = options.GetValueOrDefault("desired") switch
            {
                "stopped" => Desired.Stopped,
                "unmanaged" => Desired.Unmanaged,
                _ => Desired.Running,
            },
            Cpu = options.GetValueOrDefault("cpu") is { Length: > 0 } cpu
                ? double.Parse(cpu, CultureInfo.InvariantCulture)
                : null,
            Memory = options.GetValueOrDefault("memory") is { Length: > 0 } memory
                ? new Bytes(long.Parse(memory, CultureInfo.InvariantCulture))
                : null,
        };
    }

    /// <summary>An order about automation as a whole: it ends with `resume`, not by itself.</summary>
    public static Func<long, Input> OfCluster(string verb, string word) => verb switch
    {
        "resume" => id => new ArmOrder(id, Actor),
        _ => id => new DisarmOrder(
            id, word == "freeze" ? AutomationMode.Freeze : AutomationMode.HandsOff, DisarmRule.Most, Actor),
    };
}
