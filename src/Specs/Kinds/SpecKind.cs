using System.Text.Json.Nodes;
using Havm.Model;

namespace Havm.Specs;

/// <summary>One kind of object: what its spec may hold, and what it means.</summary>
internal abstract class SpecKind(string name, string summary)
{
    public string Name => name;

    public string Summary => summary;

    public abstract IFieldType Shape { get; }

    /// <summary>False when something was refused.</summary>
    public abstract bool Read(DataNode node, FieldPath at, out Spec spec);

    public abstract JsonObject Write(Spec spec);

    /// <summary>What an object's name must be besides legal: a reason and a remedy, or null.</summary>
    /// <param name="spec">Null when it was refused for reasons of its own.</param>
    public virtual (string Reason, string Remedy)? CheckName(string objectName, Spec? spec) => null;
}

/// <inheritdoc/>
internal class SpecKind<T>(string name, string summary, Shape<T> shape) : SpecKind(name, summary) where T : Spec
{
    public override IFieldType Shape => shape;

    public override bool Read(DataNode node, FieldPath at, out Spec spec)
    {
        bool good = shape.Read(node, at, out T value);
        spec = value;
        return good;
    }

    public override JsonObject Write(Spec spec) => shape.WriteObject((T)spec);
}
