using System.Collections.Immutable;
using Havm.Model;
using Havm.Simulator.Faults;
using Havm.Specs;

namespace Havm.Simulator.Scenario.Reading;

/// <summary>Reads the steps: what is done, when, and what must hold then.</summary>
internal sealed class StepReader(Names names)
{
    private readonly FaultReader _faults = new(names);

    private static readonly string[] States =
    [
        "stopped", "failed", "waiting", "held", "down", "unmanaged", "absent", "stop-pending", "any-node", "auto",
    ];

    public ImmutableArray<ScenarioStep> Read(MapReader root)
    {
        var at = root.At.Field("steps");
        if (root.Take("steps") is not { } node)
        {
            at.Refuse(root.Place, "is missing", "add \"steps:\" (a list of what is done)");
            return [];
        }

        if (node is not ListNode { Items.IsEmpty: false } list)
        {
            at.Refuse(node.Place, $"is {node.Words}, not a list of steps", "write \"- do: [...]\" for each step");
            return [];
        }

        return [.. list.Items.Select((item, i) => Step(new MapReader(item, at.Item(i))))];
    }

    private ScenarioStep Step(MapReader step)
    {
        var actions = ImmutableArray.CreateBuilder<ScenarioAction>();
        var at = step.At.Field("do");
        if (step.Take("do") is ListNode { Items.IsEmpty: false } list)
        {
            foreach (var (item, i) in list.Items.Select((item, i) => (item, i)))
            {
                if (Action(item, at.Item(i)) is { } action)
                {
                    actions.Add(action);
                }
            }
        }
        else
        {
            at.Refuse(step.Place, "is no list of actions", "write \"do: [{power-on: node1}]\"");
        }

        var then = Then(step);
        var read = new ScenarioStep(
            step.Time("after") ?? TimeSpan.Zero, step.Flag("settle", true), actions.ToImmutable(), then);
        step.Close();
        return read;
    }

    private ScenarioAction? Action(DataNode node, FieldPath at)
    {
        if (node is not MapNode { Entries: [var first, ..] } map)
        {
            at.Refuse(node.Place, $"is {node.Words}, no action", "write \"{verb: name}\"");
            return null;
        }

        if (Verbs.Find(first.Key) is not { } verb)
        {
            at.Refuse(first.Place, $"the verb \"{first.Key}\" is not known",
                NearestWord.Remedy(first.Key, Verbs.Names));
            return null;
        }

        if (FaultCatalogue.Find(verb.Name) is { } kind)
        {
            return _faults.Read(kind, map, at);
        }

        var reader = new MapReader(map, at);
        reader.Take(verb.Name);
        var options = ScenarioFile.Empty<string>();
        if (verb.Target != VerbTarget.Unread)
        {
            foreach (var option in verb.Options.Where(option => reader.Take(option) is not null))
            {
                options = options.SetItem(option, Option(verb, option, reader));
            }

            Require(verb, reader, map.Place);
            reader.Close();
        }

        var field = at.Field(verb.Name);
        return new ScenarioAction(verb.Name, Targets(verb, first.Value, field), options, first.Place);
    }

    private ImmutableArray<string> Targets(Verb verb, DataNode value, FieldPath at)
    {
        switch (verb.Target)
        {
            case VerbTarget.Nodes:
                return [.. MapReader.WordsOf(value, at).Select(word => names.Node(word, at)).OfType<string>()];
            case VerbTarget.Vm:
                return names.Vm(value, at) is { } vm ? [vm] : [];
            case VerbTarget.NewVm:
                var added = MapReader.TextOf(value, at);
                names.Vms.Add(added ?? "");
                return added is null ? [] : [added];
            case VerbTarget.Word:
                return MapReader.WordOf(value, at, verb.Name == "resume" ? ["all"] : ["freeze", "hands-off"]) is { } w
                    ? [w]
                    : [];
            case VerbTarget.Rules:
                string[] rules = [.. Enum.GetValues<AutomationRule>().Select(Word.Of), "none"];
                return
                [
                    .. MapReader.WordsOf(value, at).Select(word => MapReader.WordOf(word, at, rules)).OfType<string>(),
                ];
            case VerbTarget.Fault or VerbTarget.Unread:
                return [];
            default:
                throw new InvalidOperationException($"no such target: {verb.Target}");
        }
    }

    private string Option(Verb verb, string option, MapReader reader)
    {
        var node = reader.Take(option)!;
        var at = reader.At.Field(option);
        return (option switch
        {
            "to" or "node" => names.Node(node, at),
            "desired" => MapReader.WordOf(node, at, ["running", "stopped", "unmanaged"]),
            "only" => MapReader.WordOf(node, at, ["read-write", "refresh"]),
            "live" or "already-running" => reader.Flag(option, true) ? "true" : "false",
            "grace" => reader.Time(option)?.ToString(),
            "cpu" => reader.Number(option, 0)?.ToString(System.Globalization.CultureInfo.InvariantCulture),
            "memory" => reader.Size(option)?.Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
            _ => throw new InvalidOperationException($"{verb.Name} has no option {option}"),
        }) ?? "";
    }

    private static void Require(Verb verb, MapReader reader, TextPlace place)
    {
        var needed = verb.Name switch
        {
            "set" => "desired",
            "move" or "moved-by-hand" => "to",
            "add" => "node",
            _ => null,
        };
        if (needed is not null && reader.Take(needed) is null)
        {
            reader.At.Field(needed).Refuse(place, "is missing", $"add \"{needed}:\"");
        }
    }

    private ImmutableSortedDictionary<string, ImmutableArray<string>> Then(MapReader step)
    {
        var then = ScenarioFile.Empty<ImmutableArray<string>>().ToBuilder();
        if (step.Take("then") is not { } node)
        {
            return then.ToImmutable();
        }

        var map = new MapReader(node, step.At.Field("then"));
        foreach (var (vm, place, value) in map.Entries())
        {
            _ = names.Vm(new ScalarNode(place, vm, false), map.At);
            var at = map.At.Field(vm);
            then[vm] =
            [
                .. MapReader.WordsOf(value, at)
                    .Where(word => States.Contains(word.Text) || names.Node(word, at) is not null)
                    .Select(word => word.Text),
            ];
        }

        map.Close();
        return then.ToImmutable();
    }
}
