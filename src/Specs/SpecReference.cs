using System.Text;
using System.Text.Json.Nodes;

namespace Havm.Specs;

/// <summary>The reference page of all kinds, made from the same description that the parser obeys.</summary>
public static class SpecReference
{
    public static string Markdown()
    {
        var page = new StringBuilder();
        page.Append("""
            # Reference: specs

            Generated from the parser's own description; `havm schema KIND` prints the same as JSON Schema.

            A file holds any number of YAML documents, separated by `---`, or JSON (one object, or a list of them);
            1 MiB at most. Each object has `apiVersion: havm/v1`, `kind`, `metadata` and `spec`. Unknown keys are
            refused by name. All errors of a file are told at once, and a file with an error changes nothing. `status`
            and `metadata.revision` are accepted and ignored, so that what `havm get -o yaml` shows can be applied
            again.

            Sizes are whole numbers with `KiB`, `MiB`, `GiB` or `TiB`, or plain bytes. Times are whole numbers with
            `ms`, `s`, `m` or `h`.

            ## Metadata

            """);
        Table(page, MetadataShape.Shape);
        foreach (SpecKind kind in SpecKinds.All)
        {
            page.Append($"\n## {kind.Name}\n\n{kind.Summary}\n\n");
            if (kind.Shape.Inner.Any())
            {
                Table(page, kind.Shape);
            }
            else
            {
                page.Append("Its spec has no fields and may be left out.\n");
            }
        }

        return page.ToString();
    }

    private static void Table(StringBuilder page, IFieldType shape)
    {
        page.Append("| field | type | default | meaning |\n|---|---|---|---|\n");
        Rows(page, shape, "");
    }

    private static void Rows(StringBuilder page, IFieldType type, string prefix)
    {
        foreach (IMember member in type.Inner)
        {
            string name = prefix + member.Name;
            page.Append($"| `{name}` | {member.Type.Words} | {Preset(member)} | {member.Summary} |\n");
            Rows(page, member.Type, member.Type.Schema()["type"]?.ToString() == "array" ? $"{name}[]." : $"{name}.");
        }
    }

    private static string Preset(IMember member) => member switch
    {
        { Required: true } => "required",
        { Default: null } => "",
        { Default: JsonArray { Count: 0 } or JsonObject } => "",
        { Default: { } preset } => $"`{preset.ToJsonString()}`".Replace("\"", ""),
    };
}
