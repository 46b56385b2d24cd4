using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Havm.Model;

namespace Havm.Specs;

/// <summary>Text of a certain form.</summary>
/// <param name="Words">What it is: "name", "path below the datastore".</param>
/// <param name="MaxLength">In characters.</param>
/// <param name="Pattern">Regular expression over the whole text; null: anything but control characters.</param>
/// <param name="Form">The pattern in words, for the remedy.</param>
internal sealed record TextType(string Words, int MaxLength, string? Pattern, string Form) : IFieldType<string>
{
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);

    /// <summary>The name of an object, a role or a disk.</summary>
    public static readonly TextType Name = new(
        "name", NameRules.MaxLength, "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
        "lower case letters, digits and \"-\", beginning and ending with a letter or digit");

    /// <summary>A file that all nodes see at the same place; it can never lead out of the datastore.</summary>
    public static readonly TextType DatastorePath = new(
        "path below the datastore", 255, @"^(?!.*(^|/)\.\.?(/|$))[^/\x00-\x1f][^\x00-\x1f]*$",
        "a relative path without \".\" and \"..\" parts");

    public static readonly TextType AbsolutePath = new(
        "absolute path", 255, @"^/[^\x00-\x1f]*$", "a path that begins with \"/\"");

    /// <summary>The path of a request, as it goes on the line.</summary>
    public static readonly TextType ProbePath = new(
        "path of a request", 255, @"^/[A-Za-z0-9._~!$&()*+,;=:@%/?-]*$",
        "a path that begins with \"/\", without spaces, quotes and \"#\"");

    public bool Read(DataNode node, FieldPath at, out string value)
    {
        if (node is not ScalarNode { IsNothing: false } scalar)
        {
            return at.No(node, $"is {node.Words}, not a {Words}", $"write {Form}", out value);
        }

        value = scalar.Text;
        if (value.Length > MaxLength)
        {
            return at.No(
                node, $"has {value.Length} characters, more than {MaxLength}", $"shorten it to {MaxLength}", out value);
        }

        if (!Matches(value))
        {
            return at.No(node, $"is {scalar.Words}, not a legal {Words}", $"write {Form}", out value);
        }

        return true;
    }

    public JsonNode Write(string value) => JsonValue.Create(value);

    public JsonObject Schema()
    {
        var schema = new JsonObject { ["type"] = "string", ["maxLength"] = MaxLength };
        if (Pattern is not null)
        {
            schema["pattern"] = Pattern;
        }

        return schema;
    }

    public bool Matches(string text) => Pattern is null
        ? !text.Any(static c => char.IsControl(c) && c is not ('\n' or '\t'))
        : Regex.IsMatch(text, Pattern, RegexOptions.CultureInvariant, MatchLimit) && !text.EndsWith('\n');
}
