using YamlDotNet.Core;

namespace Havm.Specs;

/// <summary>Turns what a YAML reader says about broken text into something a person can act on.</summary>
internal static class SyntaxProblem
{
    public static void Report(YamlException error, DocumentText document, FieldPath at)
    {
        string[] lines = document.Text.Split('\n');
        int index = Math.Clamp((int)error.Start.Line - 1, 0, lines.Length - 1);
        if (FindTab(lines, index) is { } tab)
        {
            at.Refuse(
                new TextPlace(document.FirstLine + tab, lines[tab].IndexOf('\t') + 1),
                "is indented with a tab", "indent with spaces: YAML allows no tabs there");
            return;
        }

        var place = new TextPlace(document.FirstLine + index, Math.Max(1, (int)error.Start.Column));
        at.Refuse(place, $"is not readable as YAML: {Plain(error)}", Remedy(lines[index], error.Message));
    }

    /// <summary>
    /// The reader names the line before, or the beginning of the mapping that the tab broke: the first line that is
    /// indented with a tab from there on is meant.
    /// </summary>
    private static int? FindTab(string[] lines, int index) => Enumerable.Range(0, lines.Length)
        .Skip(index - 1)
        .Where(line => lines[line].AsSpan(0, lines[line].Length - lines[line].TrimStart().Length).Contains('\t'))
        .Select(line => (int?)line)
        .FirstOrDefault();

    private static string Plain(YamlException error)
    {
        string message = error.InnerException?.Message ?? error.Message;
        string text = message.TrimEnd('.').ReplaceLineEndings(" ");
        return text.Length == 0 ? "the structure is broken" : char.ToLowerInvariant(text[0]) + text[1..];
    }

    private static string Remedy(string line, string message)
    {
        if (line.TrimStart().StartsWith('@') || line.Contains(": @") || line.Contains(": %") || line.Contains(": `"))
        {
            return "put the value in quotes";
        }

        if (message.Contains("mapping values", StringComparison.OrdinalIgnoreCase) || line.Count(c => c == ':') > 1)
        {
            return "check the indentation of this line, and put a value that holds \": \" in quotes";
        }

        return message.Contains("anchor", StringComparison.OrdinalIgnoreCase)
            ? "define the anchor above its use, in the same document"
            : "check indentation, quotes and brackets from the line before on";
    }
}
