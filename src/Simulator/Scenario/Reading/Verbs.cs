using System.Collections.Immutable;
using Havm.Simulator.Faults;

namespace Havm.Simulator.Scenario.Reading;

/// <summary>What the value of a verb names.</summary>
public enum VerbTarget
{
    Nodes,
    Vm,

    /// <summary>The name of a VM that need not be there yet.</summary>
    NewVm,

    /// <summary>A word of its own.</summary>
    Word,

    /// <summary>Rules of automation, or none.</summary>
    Rules,

    /// <summary>The fault library knows its fields.</summary>
    Fault,

    /// <summary>Read only as far as that it is there: the verb is not carried out by this version.</summary>
    Unread,
}

/// <summary>One verb of the language.</summary>
/// <param name="Name">As written.</param>
/// <param name="Target">What its value names.</param>
/// <param name="Options">Further keys it may have.</param>
/// <param name="Need">What it takes of the product; null: nothing beyond what every version has.</param>
public sealed record Verb(string Name, VerbTarget Target, ImmutableArray<string> Options, string? Need);

/// <summary>All verbs of havm-scenario/1, those that this version cannot carry out among them.</summary>
public static class Verbs
{
    public static readonly ImmutableArray<Verb> All =
    [
        .. FaultCatalogue.All.Select(kind => new Verb(kind.Verb, VerbTarget.Fault, [], kind.Need)),
        Node("maintenance-on", "maintenance"), Node("maintenance-off", "maintenance"),
        Node("repair", "node-life"), Node("give-back", "node-life"),
        new("set", VerbTarget.Vm, ["desired", "grace"], null),
        new("move", VerbTarget.Vm, ["to", "live"], "operator-move"),
        new("add", VerbTarget.NewVm, ["node", "desired", "already-running", "cpu", "memory"], "vm-add"),
        new("remove", VerbTarget.Vm, [], "vm-remove"),
        new("moved-by-hand", VerbTarget.Vm, ["to"], "external-move"),
        new("resize", VerbTarget.Vm, ["cpu", "memory"], "resize"),
        new("usage", VerbTarget.Vm, ["cpu", "memory"], "usage"),
        new("pause", VerbTarget.Word, [], "pause"),
        new("resume", VerbTarget.Word, [], "pause"),
        new("observe", VerbTarget.Rules, [], null),
        new("update", VerbTarget.Unread, [], "update"),
    ];

    public static readonly ImmutableArray<string> Names = [.. All.Select(verb => verb.Name)];

    public static Verb? Find(string name) => All.FirstOrDefault(verb => verb.Name == name);

    private static Verb Node(string name, string? need = null) => new(name, VerbTarget.Nodes, [], need);
}
