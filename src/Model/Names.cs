using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Havm.Model;

/// <summary>
/// A name that is text on the line and a type of its own in code, so that a node never passes for a rack.
/// </summary>
public interface IName<TSelf> where TSelf : struct, IName<TSelf>
{
    string Value { get; }

    static abstract TSelf Of(string value);
}

/// <summary>A rack, which is a fault domain: its nodes share a top-of-rack switch and power.</summary>
[JsonConverter(typeof(NameConverter<RackName>))]
public readonly record struct RackName(string Value) : IName<RackName>, IComparable<RackName>
{
    public static RackName Of(string value) => new(value);

    public int CompareTo(RackName other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

/// <summary>A machine that runs the host agent.</summary>
[JsonConverter(typeof(NameConverter<NodeName>))]
public readonly record struct NodeName(string Value) : IName<NodeName>, IComparable<NodeName>
{
    public static NodeName Of(string value) => new(value);

    public int CompareTo(NodeName other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

/// <summary>One VM under our care. The name outlives every generation of it.</summary>
[JsonConverter(typeof(NameConverter<InstanceName>))]
public readonly record struct InstanceName(string Value) : IName<InstanceName>, IComparable<InstanceName>
{
    public static InstanceName Of(string value) => new(value);

    public int CompareTo(InstanceName other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

/// <summary>One boot of one node. A new boot id proves that every process of the boot before is gone.</summary>
[JsonConverter(typeof(NameConverter<BootId>))]
public readonly record struct BootId(string Value) : IName<BootId>
{
    public static BootId Of(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>One life of a Havm process (agent, warden or controller). A new one proves nothing about any VM.</summary>
[JsonConverter(typeof(NameConverter<ProcessLife>))]
public readonly record struct ProcessLife(string Value) : IName<ProcessLife>
{
    public static ProcessLife Of(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>The bounds of every name a person may choose: it becomes part of file, interface and host names.</summary>
public static class NameRules
{
    public const int MaxLength = 63;

    /// <summary>
    /// Lower case letters, digits and '-', beginning and ending with a letter or digit, 63 characters at most.
    /// </summary>
    public static bool IsLegal([NotNullWhen(true)] string? name) =>
        name is { Length: > 0 and <= MaxLength }
        && name[0] != '-' && name[^1] != '-'
        && name.All(static c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '-');
}
