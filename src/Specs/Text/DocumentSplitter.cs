using System.Collections.Immutable;

namespace Havm.Specs;

/// <summary>One document of an input.</summary>
/// <param name="Number">From 1, as it is told to people.</param>
/// <param name="FirstLine">Line of the input at which <paramref name="Text"/> begins, from 1.</param>
internal sealed record DocumentText(int Number, int FirstLine, string Text);

/// <summary>
/// Cuts an input at its "---" lines before any YAML is read, so that a slip in one document does not hide the errors
/// of the others. YAML allows no such line inside a value, hence nothing is cut in two.
/// </summary>
internal static class DocumentSplitter
{
    public static ImmutableArray<DocumentText> Split(string text)
    {
        var documents = ImmutableArray.CreateBuilder<DocumentText>();
        var lines = new List<string>();
        int firstLine = 1;
        int number = 0;
        foreach (string line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            if (IsMark(line, "---") || IsMark(line, "..."))
            {
                Close();
                // What follows the mark on its own line belongs to the next document, at its own column.
                lines.Add(line.StartsWith("---", StringComparison.Ordinal) ? "   " + line[3..] : "");
            }
            else
            {
                lines.Add(line);
            }
        }

        Close();
        return documents.ToImmutable();

        void Close()
        {
            if (lines.Any(HasContent))
            {
                documents.Add(new DocumentText(++number, firstLine, string.Join('\n', lines)));
            }

            firstLine += lines.Count;
            lines.Clear();
        }
    }

    private static bool IsMark(string line, string mark) =>
        line.StartsWith(mark, StringComparison.Ordinal) && (line.Length == 3 || char.IsWhiteSpace(line[3]));

    private static bool HasContent(string line) => line.AsSpan().TrimStart() is { Length: > 0 } rest && rest[0] != '#';
}
