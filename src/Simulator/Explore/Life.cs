using System.Collections.Immutable;

namespace Havm.Simulator.Explore;

/// <summary>
/// A small cluster and what happens to it, as a seed has drawn it: parts that can be left out one by one. It becomes
/// the text of a scenario (<see cref="LifeText"/>) and is played as nothing else.
/// </summary>
public sealed record Life
{
    /// <summary>In name order.</summary>
    public ImmutableArray<LifeNode> Nodes { get; init; } = [];

    public ImmutableArray<LifeVm> Vms { get; init; } = [];

    public ImmutableArray<LifeRule> Rules { get; init; } = [];

    /// <summary>Policy fields that differ from a scenario's defaults, as they are written.</summary>
    public ImmutableSortedDictionary<string, string> Policy { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    public ImmutableArray<LifeStep> Steps { get; init; } = [];

    /// <summary>
    /// Everything is repaired by the last steps, so that all must be well at the end. A life that was shortened may
    /// lack them, and then promises nothing about its end.
    /// </summary>
    public bool Heals => Steps is [.., { Heals: true }];
}

public sealed record LifeNode(string Name, string Rack, bool Powered)
{
    /// <summary>Its "cpu" and "memory", as they are written; empty: they are not said.</summary>
    public string Size { get; init; } = "";

    /// <summary>Storage can be told to refuse it.</summary>
    public bool StorageFence { get; init; }
}

/// <param name="Fields">Its further fields, as they are written: "isolation" to "stop".</param>
public sealed record LifeVm(string Name, string Node, ImmutableSortedDictionary<string, string> Fields)
{
    public bool Stopped => Fields.GetValueOrDefault("desired") == "stopped";
}

/// <param name="To">The nodes of a pin with their weights.</param>
public sealed record LifeRule(
    string Kind, ImmutableArray<string> Vms, ImmutableSortedDictionary<string, int> To, bool Hard)
{
    /// <summary>The kind of VMs that decide by majority; one group at most.</summary>
    public const string Quorum = "quorum";
}

/// <summary>What happens at one moment.</summary>
/// <param name="After">Since the step before.</param>
/// <param name="Settles">Not before things have settled.</param>
/// <param name="Do">What is done.</param>
/// <param name="Heals">It repairs all that is broken; what is promised of the end rests on it.</param>
public sealed record LifeStep(TimeSpan After, bool Settles, ImmutableArray<LifeAct> Do, bool Heals = false);

/// <summary>One fault or order.</summary>
/// <param name="Verb">Its first key.</param>
/// <param name="Value">What stands behind it: names, or a flow list of its own.</param>
/// <param name="Rest">Further keys, as they are written: "to: n2"; empty when it has none.</param>
public sealed record LifeAct(string Verb, ImmutableArray<string> Value, string Rest = "")
{
    /// <summary>How the VM that it names stands in the end, because of it; null: as before.</summary>
    public string? Leaves { get; init; }

    /// <summary>It names a node or VM.</summary>
    public bool Mentions(string name) => Value.Contains(name) || Words().Contains(name);

    private IEnumerable<string> Words() => string.Join(' ', Value.Append(Rest))
        .Split([' ', ',', ':', '[', ']', '{', '}'], StringSplitOptions.RemoveEmptyEntries);
}
