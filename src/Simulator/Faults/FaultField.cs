using System.Collections.Immutable;

namespace Havm.Simulator.Faults;

/// <summary>What a field of a fault holds.</summary>
public enum FaultFieldType
{
    /// <summary>A node, or several that are hit one by one.</summary>
    EachNode,

    /// <summary>A VM, or several that are hit one by one.</summary>
    EachVm,

    /// <summary>A rack, or several that are hit one by one.</summary>
    EachRack,

    /// <summary>One node or more, together.</summary>
    Nodes,

    /// <summary>Two groups of nodes or more; none in two of them.</summary>
    Groups,

    /// <summary>All that one node sends and is sent, or what goes between two.</summary>
    Link,

    /// <summary>A time between the field's bounds.</summary>
    Time,

    /// <summary>A number, with or without a fraction, between the field's bounds.</summary>
    Number,

    /// <summary>A whole number between the field's bounds.</summary>
    Count,

    /// <summary>One of the field's words.</summary>
    Word,
}

/// <summary>One field of a fault, as it is written and as it may be drawn.</summary>
/// <param name="Name">As written.</param>
/// <param name="Meaning">For the reference, in a few words.</param>
public sealed record FaultField(string Name, FaultFieldType Type, string Meaning)
{
    /// <summary>What it is when it is left out; null: it must be written.</summary>
    public string? Otherwise { get; init; }

    public ImmutableArray<string> Words { get; init; } = [];

    /// <summary>Bounds of a number; of a time, in seconds.</summary>
    public double Least { get; init; }

    public double Most { get; init; }

    public static FaultField Node { get; } = new("node", FaultFieldType.EachNode, "which; of several each");

    public static FaultField Vm { get; } = new("vm", FaultFieldType.EachVm, "which; of several each");

    public static FaultField Rack { get; } = new("rack", FaultFieldType.EachRack, "which; of several each");

    public static FaultField Time(string name, double least, double most, string meaning) =>
        new(name, FaultFieldType.Time, meaning) { Least = least, Most = most };

    public static FaultField Number(string name, double least, double most, string meaning) =>
        new(name, FaultFieldType.Number, meaning) { Least = least, Most = most };

    public static FaultField Count(string name, int least, int most, string meaning) =>
        new(name, FaultFieldType.Count, meaning) { Least = least, Most = most };

    public static FaultField Word(string name, string otherwise, string meaning, params ImmutableArray<string> words) =>
        new(name, FaultFieldType.Word, meaning) { Otherwise = otherwise, Words = words };
}
