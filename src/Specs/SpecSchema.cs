using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Havm.Specs;

/// <summary>JSON Schema (draft 2020-12) of whole documents, for editors and other checkers.</summary>
public static class SpecSchema
{
    public static ImmutableArray<string> Kinds => SpecKinds.Names;

    /// <summary>
    /// The kind that a person means: by name in any case, or by its plural or short form; null when none.
    /// </summary>
    public static string? FindKind(string word)
    {
        string lower = word.ToLowerInvariant();
        return Kinds.FirstOrDefault(kind => Forms(kind).Contains(lower));
    }

    /// <summary>Null when there is no such kind.</summary>
    public static JsonObject? Of(string kindName)
    {
        if (SpecKinds.Find(kindName) is not { } kind)
        {
            return null;
        }

        JsonObject spec = kind.Shape.Schema();
        var required = new JsonArray("apiVersion", "kind", "metadata");
        if (kind.Shape.Inner.Any(member => member.Required))
        {
            required.Add("spec");
        }

        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = kind.Name,
            ["description"] = kind.Summary,
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["apiVersion"] = new JsonObject { ["const"] = SpecParser.ApiVersion },
                ["kind"] = new JsonObject { ["const"] = kind.Name },
                ["metadata"] = MetadataShape.Shape.Schema(),
                ["spec"] = spec,
                ["status"] = IgnoredType.Instance.Schema(),
            },
            ["required"] = required,
            ["additionalProperties"] = false,
        };
    }

    private static IEnumerable<string> Forms(string kind)
    {
        string lower = kind.ToLowerInvariant();
        yield return lower;
        yield return lower.EndsWith('y') ? lower[..^1] + "ies" : lower + "s";
        if (kind == "VirtualMachine")
        {
            yield return "vm";
            yield return "vms";
        }
    }
}
