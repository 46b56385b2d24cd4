using System.Text.Json.Nodes;
using Havm.Model;

namespace Havm.Specs;

/// <summary>
/// From specs to text, in the layout people write: fields in the order of the reference, those that say no more than
/// their default left out. The same spec always gives the same text, so texts can be compared.
/// </summary>
public static class SpecWriter
{
    /// <summary>The spec alone.</summary>
    public static JsonObject ToJson(Spec spec) => SpecKinds.Find(spec.Kind)!.Write(spec);

    /// <summary>The object with its envelope.</summary>
    public static JsonObject ToJson(SpecObject written) => new()
    {
        ["apiVersion"] = SpecParser.ApiVersion,
        ["kind"] = written.Spec.Kind,
        ["metadata"] = MetadataShape.Shape.WriteObject(written.Metadata),
        ["spec"] = ToJson(written.Spec),
    };

    /// <summary>One YAML document per object.</summary>
    public static string ToYaml(IEnumerable<SpecObject> written) =>
        string.Join("---\n", written.Select(each => YamlText.Write(ToJson(each))));
}
