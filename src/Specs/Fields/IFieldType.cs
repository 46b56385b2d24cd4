using System.Text.Json.Nodes;

namespace Havm.Specs;

/// <summary>What may stand in a field: the one description behind parser, writer, JSON Schema and reference.</summary>
internal interface IFieldType
{
    /// <summary>JSON Schema of the legal values.</summary>
    JsonObject Schema();

    /// <summary>Type and bounds in a few words: "whole number, 1 to 256".</summary>
    string Words { get; }

    /// <summary>The fields inside, for types that have any; the reference lists them below their parent.</summary>
    IEnumerable<IMember> Inner => [];
}

/// <inheritdoc/>
internal interface IFieldType<T> : IFieldType
{
    /// <summary>False when something was refused; then it stands in the problems of <paramref name="at"/>.</summary>
    bool Read(DataNode node, FieldPath at, out T value);

    /// <summary>The value as a person would write it.</summary>
    JsonNode Write(T value);
}

/// <summary>One field of an object, as the reference and the schema show it.</summary>
internal interface IMember
{
    string Name { get; }

    /// <summary>What it means, in a sentence.</summary>
    string Summary { get; }

    bool Required { get; }

    IFieldType Type { get; }

    /// <summary>What holds when the field is left out; null when it is required or its absence says it all.</summary>
    JsonNode? Default { get; }
}
